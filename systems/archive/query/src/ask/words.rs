//! What a question may be made of, looked at word by word before anything walks it recursively.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::AskError;

/// Bytes of a question.
pub const SQL_BYTES_MAX: usize = 32 << 10;

/// Words of a question: planning recurses as deep as a chain of operators is long, and each step
/// takes up to 16 KB of the stack.
pub const SQL_WORDS_MAX: usize = 2_000;

/// `||` in a question, and bytes of a text in it: each `||` may double what no memory pool counts.
pub const JOINTS_MAX: usize = 8;

/// See [`JOINTS_MAX`].
pub const TEXT_BYTES_MAX: usize = 1_000;

/// Whether a question is small and simple enough to be looked at.
pub(super) fn check(sql: &str) -> Result<(), AskError> {
    let too = |what: String, most: usize| AskError::BadSql {
        what,
        hint: Some(format!("at most {most} are allowed")),
    };
    if sql.len() > SQL_BYTES_MAX {
        return Err(too(format!("the question has {} bytes", sql.len()), SQL_BYTES_MAX));
    }
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize();
    // The parser says better what is wrong.
    let Ok(tokens) = tokens else { return Ok(()) };
    let words = tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).count();
    if words > SQL_WORDS_MAX {
        return Err(too(format!("the question has {words} words"), SQL_WORDS_MAX));
    }
    let joints = tokens.iter().filter(|token| matches!(token, Token::StringConcat)).count();
    if joints > JOINTS_MAX {
        return Err(too(format!("the question has {joints} `||`"), JOINTS_MAX));
    }
    let longest = tokens.iter().map(text_bytes).max().unwrap_or(0);
    if longest > TEXT_BYTES_MAX {
        return Err(too(format!("a text in the question has {longest} bytes"), TEXT_BYTES_MAX));
    }
    Ok(())
}

fn text_bytes(token: &Token) -> usize {
    match token {
        Token::SingleQuotedString(text)
        | Token::DoubleQuotedString(text)
        | Token::NationalStringLiteral(text)
        | Token::EscapedStringLiteral(text)
        | Token::UnicodeStringLiteral(text)
        | Token::HexStringLiteral(text)
        | Token::SingleQuotedByteStringLiteral(text)
        | Token::SingleQuotedRawStringLiteral(text) => text.len(),
        Token::DollarQuotedString(text) => text.value.len(),
        _ => 0,
    }
}
