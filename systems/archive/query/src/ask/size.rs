//! How large a question becomes when its `with` is written out: two references to each of sixty
//! tables, each of the one before, would be 2^60 tables, and planning cannot be interrupted.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{ObjectName, Query, Visit, Visitor, visit_relations};

use super::AskError;

/// Tables that a question reads, with all of its `with` written out.
pub const TABLES_MAX: u64 = 100;

/// Whether it stays small.
pub(super) fn check(query: &Query) -> Result<(), AskError> {
    let mut withs = Withs(0);
    _ = query.visit(&mut withs);
    if withs.0 > u32::from(query.with.is_some()) {
        return Err(AskError::BadSql {
            what: "a `with` is inside another query".to_owned(),
            hint: Some("one `with` is allowed, at the start of the question".to_owned()),
        });
    }
    let mut known: HashMap<String, u64> = HashMap::new();
    for named in query.with.iter().flat_map(|with| &with.cte_tables) {
        let tables = tables(&named.query, &known);
        if known.insert(named.alias.name.value.to_lowercase(), tables).is_some() {
            return Err(AskError::BadSql {
                what: format!("{} is defined twice", named.alias.name),
                hint: None,
            });
        }
    }
    let tables = known.values().copied().max().unwrap_or(0).max(tables(query, &known));
    if tables > TABLES_MAX {
        return Err(AskError::BadSql {
            what: format!("the question reads {tables} tables"),
            hint: Some(format!("at most {TABLES_MAX} are allowed, with all of `with` written out")),
        });
    }
    Ok(())
}

fn tables(part: &impl Visit, known: &HashMap<String, u64>) -> u64 {
    let mut sum = 0_u64;
    let _: ControlFlow<()> = visit_relations(part, |name: &ObjectName| {
        let last = name.0.last().map(|part| part.to_string().trim_matches('"').to_lowercase());
        let one = last.and_then(|last| known.get(&last)).copied().unwrap_or(1);
        sum = sum.saturating_add(one.max(1));
        ControlFlow::Continue(())
    });
    sum
}

/// Counts queries that have a `with`.
struct Withs(u32);

impl Visitor for Withs {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.0 += u32::from(query.with.is_some());
        ControlFlow::Continue(())
    }
}
