//! The house rules, as tests: who may depend on whom, and what every file must have.

use std::fs;
use std::path::{Path, PathBuf};

/// Each crate, its folder, and the workspace crates its `[dependencies]` may name.
const ALLOWED: &[(&str, &str, &[&str])] = &[
    ("components", "components", &[]),
    ("rules", "systems/rules", &["components"]),
    ("systems", "systems", &["components", "rules"]),
    ("journal", "systems/journal", &["components"]),
    ("archive", "systems/archive", &["components", "rules", "journal"]),
    ("query", "systems/archive/query", &["archive"]),
    ("protocol", "net/protocol", &[]),
    ("client", "net/client", &["protocol"]),
    ("net", "net", &["components", "protocol"]),
    (
        "liap",
        ".",
        &["components", "rules", "systems", "journal", "archive", "net", "protocol", "client"],
    ),
];

/// What a crate must never name, in its manifest or in its sources.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("components", &["tokio", "serde", "crossbeam-channel", "rand", "getrandom"]),
    ("systems/rules", &["bevy_ecs", "tokio", "rand", "getrandom", "crossbeam-channel", "serde"]),
    ("systems", &["tokio", "serde", "arrow-array", "rand", "getrandom", "net"]),
    ("systems/journal", &["bevy_ecs", "tokio", "systems", "rules", "serde", "arrow-array"]),
    ("systems/archive", &["bevy_ecs", "systems", "net", "datafusion"]),
    ("systems/archive/query", &["bevy_ecs", "systems", "net"]),
    ("net/protocol", &["bevy_ecs", "tokio", "components"]),
    ("net/client", &["bevy_ecs", "components"]),
    ("net", &["bevy_ecs", "systems", "rules", "arrow-array"]),
];

/// Clocks, files and sockets, where none may be.
const PURE: &[&str] = &["components/src", "systems/src", "systems/rules/src"];
const IMPURE: &[&str] =
    &["Instant::now", "SystemTime", "std::fs", "std::net", "std::thread", "std::io"];

const LINES_MAX: usize = 500;

#[test]
fn dependencies_point_inwards() {
    let names: Vec<&str> = ALLOWED.iter().map(|(name, ..)| *name).collect();
    for (name, folder, allowed) in ALLOWED {
        for dependency in dependencies(folder) {
            let ours = names.contains(&dependency.as_str());
            let fine = !ours || allowed.contains(&dependency.as_str());
            assert!(fine, "`{name}` may not depend on `{dependency}`");
        }
    }
    for (folder, forbidden) in FORBIDDEN {
        for dependency in dependencies(folder) {
            let fine = !forbidden.contains(&dependency.as_str());
            assert!(fine, "`{folder}` may not depend on `{dependency}`");
        }
    }
}

#[test]
fn every_crate_of_the_workspace_has_its_wall_and_its_readme() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, members) = manifest.split_once("\nmembers = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    let members: Vec<&str> = members.split('"').skip(1).step_by(2).collect();
    let mut walled: Vec<&str> = ALLOWED.iter().map(|(_, folder, _)| *folder).collect();
    walled.retain(|folder| *folder != ".");
    assert_eq!(members.len(), walled.len(), "{members:?} against {walled:?}");
    for folder in members.into_iter().chain(["."]) {
        assert!(ALLOWED.iter().any(|(_, walled, _)| *walled == folder), "{folder} has no wall");
        let readme = fs::read_to_string(root().join(folder).join("README.md"));
        assert!(readme.is_ok_and(|text| text.len() > 500), "{folder}: no README.md to speak of");
    }
}

#[test]
fn data_rules_and_tick_know_no_clock_file_socket_or_thread() {
    for folder in PURE {
        for path in source_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            for word in IMPURE {
                assert!(!text.contains(word), "{}: names {word}", path.display());
            }
        }
    }
}

#[test]
fn every_file_opens_with_its_purpose_and_fits_in_a_sitting() {
    for path in source_files(root()) {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(text.starts_with("//! ") || text.starts_with("#![doc"), "{shown}: no module doc");
        assert!(text.lines().count() <= LINES_MAX, "{shown}: over {LINES_MAX} lines");
    }
}

#[test]
fn the_project_stands_alone() {
    let outside = ["..", "shared"].join("/");
    let mut texts = source_files(root());
    texts.extend(["README.md", "CHANGELOG.md", ".ci/run"].map(|name| root().join(name)));
    texts.extend(files_in(&root().join("docs")));
    for path in texts {
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(!text.contains(&outside), "{} names {outside}", path.display());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names in the `[dependencies]` section of `folder/Cargo.toml`.
fn dependencies(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let mut section = "";
    let mut names = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section == "[dependencies]" && !line.starts_with('#') {
            let end = line.find(['.', ' ', '=']).unwrap_or(0);
            if 0 < end {
                names.push(line[..end].to_owned());
            }
        }
    }
    names
}

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = files_in(folder);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(!files.is_empty(), "{} has no sources", folder.display());
    files
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                pending.push(path);
            } else if path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
