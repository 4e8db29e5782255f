//! Which folders are opened, and which are not.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::testing::{TempFolder, layout, run, text_batch};
use crate::{
    Applied, Catalog, CatalogLimits, Keeper, KeepingLimits, ObjectTarget, Target, TargetError,
};

/// A data directory with a folder for an archive in it, which is not there yet.
struct Place {
    data: TempFolder,
}

impl Place {
    fn new(name: &str) -> Self {
        let data = TempFolder::new(name);
        fs::create_dir_all(&data.0).unwrap();
        Self { data }
    }

    fn folder(&self) -> PathBuf {
        self.data.0.join("mount")
    }

    fn memory(&self) -> PathBuf {
        self.data.0.join("archive.id")
    }

    fn adopt(&self) -> io::Result<()> {
        adopt_folder(&self.folder(), &self.memory(), 1_795_000_000_000)
    }

    fn refused(&self) -> String {
        let error = self.adopt().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(check_folder(&self.folder(), &self.memory()).unwrap_err().kind(), error.kind());
        error.to_string()
    }
}

#[test]
fn a_folder_that_is_used_for_the_first_time_is_known_from_then_on() {
    let place = Place::new("identity-first");
    check_folder(&place.folder(), &place.memory()).unwrap();
    assert!(!place.folder().exists() && !place.memory().exists(), "looking makes nothing");
    place.adopt().unwrap();
    let text = fs::read(place.folder().join("_archive.json")).unwrap();
    let identity: Identity = serde_json::from_slice(&text).unwrap();
    let remembered = fs::read_to_string(place.memory()).unwrap();
    assert_eq!(remembered, format!("{}\n", identity.id));
    assert_eq!(identity.created_ms, 1_795_000_000_000);
    place.adopt().unwrap();
    check_folder(&place.folder(), &place.memory()).unwrap();
    assert_eq!(fs::read(place.folder().join("_archive.json")).unwrap(), text);
}

#[test]
fn a_folder_that_lacks_the_remembered_id_is_refused_and_nothing_is_made_there() {
    let place = Place::new("identity-missing");
    place.adopt().unwrap();
    fs::rename(place.folder(), place.data.0.join("elsewhere")).unwrap();
    let told = place.refused();
    assert!(told.contains("mount it") && told.contains("archive.id"), "{told}");
    assert!(!place.folder().exists());
    fs::create_dir(place.folder()).unwrap();
    assert!(place.refused().contains("_archive.json"));
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
    fs::remove_dir(place.folder()).unwrap();
    fs::rename(place.data.0.join("elsewhere"), place.folder()).unwrap();
    place.adopt().unwrap();
}

#[test]
fn another_archive_is_refused_until_the_memory_is_removed() {
    let (place, other) = (Place::new("identity-one"), Place::new("identity-other"));
    place.adopt().unwrap();
    other.adopt().unwrap();
    fs::remove_dir_all(place.folder()).unwrap();
    fs::rename(other.folder(), place.folder()).unwrap();
    let id = fs::read_to_string(other.memory()).unwrap();
    assert!(place.refused().contains(id.trim()));
    fs::remove_file(place.memory()).unwrap();
    place.adopt().unwrap();
    assert_eq!(fs::read_to_string(place.memory()).unwrap(), id);
}

#[test]
fn an_id_that_cannot_be_understood_is_named_and_not_overwritten() {
    let place = Place::new("identity-damaged");
    place.adopt().unwrap();
    for path in [place.memory(), place.folder().join("_archive.json")] {
        let whole = fs::read(&path).unwrap();
        fs::write(&path, "half of").unwrap();
        let error = place.adopt().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"half of");
        fs::write(&path, whole).unwrap();
    }
    place.adopt().unwrap();
}

#[test]
fn a_mount_that_goes_while_it_is_used_gets_nothing_written_below_it() {
    let place = Place::new("identity-gone");
    place.adopt().unwrap();
    let away = place.data.0.join("away");
    let target = ObjectTarget::local(&place.folder(), CatalogLimits::default()).unwrap();
    run(async {
        assert_eq!(target.apply(&text_batch(1, "a")).await, Ok(Applied::Now));
        fs::rename(place.folder(), &away).unwrap();
        fs::create_dir(place.folder()).unwrap();
        let second = text_batch(2, "b");
        let answers = [
            target.apply(&second).await.map(|_| ()),
            target.holds(second.manifest.id).await.map(|_| ()),
            target.probe().await,
        ];
        for answer in answers {
            let Err(TargetError::Unavailable(why)) = answer else { panic!("{answer:?}") };
            assert!(why.contains("_archive.json"), "{why}");
        }
        assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
        fs::remove_dir(place.folder()).unwrap();
        fs::rename(&away, place.folder()).unwrap();
        assert_eq!(target.apply(&second).await, Ok(Applied::Now));
    });
}

#[test]
fn whoever_reads_or_keeps_the_archive_passes_over_the_id() {
    let place = Place::new("identity-readers");
    place.adopt().unwrap();
    let target = ObjectTarget::local(&place.folder(), CatalogLimits::default()).unwrap();
    run(async {
        assert_eq!(target.list_manifests().await, Ok(Vec::new()));
        let catalog = Catalog::load(target.store(), CatalogLimits::default()).await.unwrap();
        assert!(catalog.damaged().is_empty() && catalog.hours().next().is_none());
        let catalog = Catalog::new(Arc::clone(&target.store()), CatalogLimits::default());
        let limits = KeepingLimits { sweep_ms: 0, grace_ms: 0, ..KeepingLimits::default() };
        let mut keeper = Keeper::new(catalog, limits, layout());
        let verified = keeper.verify(&mut |_| {}).await.unwrap();
        assert!(verified.is_fine() && verified.strays.is_empty(), "{verified:?}");
        let swept = keeper.sweep(u64::MAX, &Default::default(), &mut |_| {}).await.unwrap();
        assert_eq!((swept.files, swept.left), (0, 0));
    });
    assert!(place.folder().join("_archive.json").exists());
}
