//! Why a question was not answered: each has a code that never changes.

use std::fmt;
use std::time::Duration;

use archive::Table;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use uuid::Uuid;

use super::Limits;

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// It is no SQL, or not about columns and functions that there are.
    BadSql {
        /// What is wrong, and where.
        what: String,
        /// What would be right.
        hint: Option<String>,
    },
    /// It would change something.
    NotReadOnly(String),
    /// It names a table that is not the archive's.
    UnknownTable(String),
    /// It took longer than this.
    TooLong(Duration),
    /// It wanted more memory than so many bytes.
    TooMuchMemory(usize),
    /// Its answer has more rows than this.
    TooManyRows(usize),
    /// Its answer has more bytes than this.
    TooManyBytes(usize),
    /// The archive was rewritten beneath it: a file that counted is gone.
    Changed,
    /// As many questions as are allowed at once are being answered.
    Busy,
    /// The archive cannot be read.
    Unavailable(String),
    /// No match has this id.
    UnknownMatch(Uuid),
    /// A fault of the program.
    Internal(String),
}

impl AskError {
    /// What DataFusion says, in our words.
    #[must_use]
    pub fn of(error: DataFusionError, limits: &Limits) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooMuchMemory(limits.memory_bytes),
            DataFusionError::ObjectStore(inner) => of_store(inner),
            DataFusionError::ParquetError(inner) => {
                of_source(inner.as_ref()).unwrap_or_else(|| Self::Unavailable(inner.to_string()))
            }
            DataFusionError::IoError(inner) => Self::Unavailable(inner.to_string()),
            DataFusionError::Internal(what) => Self::Internal(what.clone()),
            DataFusionError::External(inner) => {
                of_source(inner.as_ref()).unwrap_or_else(|| Self::Internal(inner.to_string()))
            }
            root => Self::BadSql { what: said(root, &error), hint: hint(root) },
        }
    }

    /// What the parser says.
    #[must_use]
    pub fn unparsed(error: DataFusionError) -> Self {
        Self::BadSql { what: said(error.find_root(), &error), hint: None }
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadSql { .. } => "bad_sql",
            Self::NotReadOnly(_) => "not_read_only",
            Self::UnknownTable(_) => "unknown_table",
            Self::TooLong(_) => "too_long",
            Self::TooMuchMemory(_) => "too_much_memory",
            Self::TooManyRows(_) => "too_many_rows",
            Self::TooManyBytes(_) => "too_many_bytes",
            Self::Changed => "changed",
            Self::Busy => "busy",
            Self::Unavailable(_) => "unavailable",
            Self::UnknownMatch(_) => "unknown_match",
            Self::Internal(_) => "internal",
        }
    }

    /// What would be right.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::BadSql { hint: Some(hint), .. } => hint.clone(),
            Self::BadSql { .. } => "`describe TABLE` lists columns and their types".to_owned(),
            Self::NotReadOnly(_) => {
                "only select, with, explain and describe are answered".to_owned()
            }
            Self::UnknownTable(_) => {
                format!("the tables are {}", Table::ALL.map(Table::name).join(", "))
            }
            Self::TooLong(_) => "name `date` or `hour` in `where`, or ask for less".to_owned(),
            Self::TooMuchMemory(_) => {
                "group by less, or name `date` or `hour` in `where`".to_owned()
            }
            Self::TooManyRows(most) => format!("add `limit {most}`, count or sum instead"),
            Self::TooManyBytes(_) => "name fewer columns, or a smaller limit".to_owned(),
            Self::Changed | Self::Busy | Self::Unavailable(_) => "ask again".to_owned(),
            Self::UnknownMatch(_) => {
                "a match is archived a minute after its end, and kept for some months".to_owned()
            }
            Self::Internal(_) => "this is a fault of liap-query; its log says more".to_owned(),
        }
    }
}

/// What DataFusion adds to some messages about wrong questions.
const BOILERPLATE: &str = "\nThis issue was likely caused by a bug in DataFusion's code. Please help us to resolve \
     this by filing a bug report in our issue tracker: https://github.com/apache/datafusion/issues.";

/// The message without DataFusion's wrapping, and with the place if it knows one.
fn said(root: &DataFusionError, whole: &DataFusionError) -> String {
    let text = match root {
        DataFusionError::Plan(text)
        | DataFusionError::Execution(text)
        | DataFusionError::NotImplemented(text)
        | DataFusionError::Configuration(text) => text.clone(),
        DataFusionError::SchemaError(error, _) => match error.as_ref() {
            SchemaError::FieldNotFound { field, .. } => {
                format!("there is no column {}", field.name)
            }
            other => other.to_string(),
        },
        DataFusionError::SQL(parser, _) => parser.to_string().replacen("sql parser error: ", "", 1),
        other => other.strip_backtrace(),
    };
    let text = text.replace(BOILERPLATE, "").replace("Internal error: ", "");
    let text = text.split("\n\nbacktrace").next().unwrap_or_default().trim().to_owned();
    let span = whole.diagnostic().and_then(|diagnostic| diagnostic.span);
    match span {
        Some(span) if !text.contains("Line: ") => {
            format!("{text} (line {}, column {})", span.start.line, span.start.column)
        }
        _ => text,
    }
}

fn hint(root: &DataFusionError) -> Option<String> {
    let DataFusionError::SchemaError(error, _) = root else { return None };
    let SchemaError::FieldNotFound { valid_fields, .. } = error.as_ref() else { return None };
    if valid_fields.is_empty() {
        return None;
    }
    let names: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
    Some(format!("the columns are {}", names.join(", ")))
}

fn of_store(error: &object_store::Error) -> AskError {
    match error {
        object_store::Error::NotFound { .. } => AskError::Changed,
        other => AskError::Unavailable(other.to_string()),
    }
}

fn of_source(error: &(dyn std::error::Error + 'static)) -> Option<AskError> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(store) = current.downcast_ref::<object_store::Error>() {
            return Some(of_store(store));
        }
        next = current.source();
    }
    None
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadSql { what, .. } => f.write_str(what),
            Self::NotReadOnly(what) => write!(f, "the archive is only read here: {what}"),
            Self::UnknownTable(name) => write!(f, "there is no table {name}"),
            Self::TooLong(limit) => write!(f, "it took longer than {} ms", limit.as_millis()),
            Self::TooMuchMemory(limit) => write!(f, "it needs more memory than {limit} bytes"),
            Self::TooManyRows(limit) => write!(f, "the answer has more than {limit} rows"),
            Self::TooManyBytes(limit) => write!(f, "the answer has more than {limit} bytes"),
            Self::Changed => f.write_str("the archive was rewritten meanwhile"),
            Self::Busy => f.write_str("too many questions at once"),
            Self::Unavailable(why) => write!(f, "the archive cannot be read: {why}"),
            Self::UnknownMatch(id) => write!(f, "there is no match {id}"),
            Self::Internal(why) => write!(f, "something went wrong: {why}"),
        }
    }
}

impl std::error::Error for AskError {}
