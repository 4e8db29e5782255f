//! Matches of yesterday, as replay files, by the rules of today.

use std::fs;
use std::path::{Path, PathBuf};

use components::{Decider, Event, Fact};
use journal::Chain;

use crate::tools::{Data, has};

/// Played by people and bots at several paces, with all that happens to people.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/replays");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Chain {
    Chain::from_bytes(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn recorded_matches_run_the_same_today() {
    let said = Data::new("replays").liap("replay --against tests/data/replays");
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        said.out.starts_with("4 matches, ") && said.out.ends_with(" 0 differ\n"),
        "{}",
        said.out
    );
}

#[test]
fn the_recorded_matches_have_takeovers_redeals_and_restarts() {
    let chains: Vec<_> = files().iter().map(|file| read(file)).collect();
    let any = |is_meant: &dyn Fn(&Fact) -> bool| {
        chains.iter().flat_map(|chain| &chain.steps).any(|step| has(&step.events, is_meant))
    };
    assert!(any(&|fact| matches!(fact, Fact::Played { decider: Decider::Absence, .. })));
    assert!(any(&|fact| matches!(fact, Fact::Played { decider: Decider::TimeOut, .. })));
    assert!(any(&|fact| matches!(fact, Fact::Played { decider: Decider::Person, .. })));
    assert!(any(&|fact| matches!(fact, Fact::RedealDecided { accept: true, .. })));
    assert!(any(&|fact| matches!(fact, Fact::RoomPaused)));
    assert!(chains.iter().flat_map(|chain| &chain.steps).any(|step| step.recovered));
    let mut paces: Vec<_> = chains.iter().map(|chain| chain.base.charter.unwrap().pace).collect();
    paces.dedup();
    assert_eq!(paces.len(), 4, "{paces:?}");
}

#[test]
fn a_score_that_is_another_today_is_told_with_its_version() {
    let data = Data::new("against");
    let mut chain = read(&files()[0]);
    let scored = |event: &Event| matches!(event, Event::Public(Fact::RoundScored { .. }));
    let step =
        chain.steps.iter_mut().find(|step| step.events.iter().any(scored)).expect("a scored round");
    for event in &mut step.events {
        if let Event::Public(Fact::RoundScored { scores, .. }) = event {
            scores[2] += 1;
        }
    }
    let version = step.version.0;
    fs::create_dir(data.path.join("replays")).unwrap();
    fs::write(data.path.join("replays/changed.liap"), chain.to_bytes()).unwrap();
    fs::write(data.path.join("replays/other.liap"), b"no replay").unwrap();
    let said = data.liap("replay --against DATA/replays");
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains(&format!("changed.liap: version {version}: recorded ")),
        "{}",
        said.out
    );
    assert!(said.out.contains("other.liap: not a replay file"), "{}", said.out);
    assert!(said.out.ends_with(", 2 differ\n"), "{}", said.out);
}

#[test]
fn a_replay_file_of_a_match_does_not_tell_its_rooms_secret() {
    for file in files() {
        assert_eq!(read(&file).base.charter.unwrap().secret, [0; 32]);
    }
}
