//! Real matches through the real converter, into the real servers and back.

use std::path::Path;

use archive::{
    Applied, Builder, Catalog, CatalogLimits, Change, Hour, ManifestId, People, Table, Target,
    WriterOptions, chain_of, read_part, restore,
};
use arrow_array::RecordBatch;
use components::MatchId;
use journal::Chain;
use object_store::ObjectStoreExt;
use object_store::path::Path as Location;

use crate::made;
use crate::postgres::database::Database;
use crate::s3::bucket::Bucket;
use crate::table::Play;

/// A batch of these, and who is in it.
fn converted(chains: &[Chain], folder: &Path) -> (Change, People) {
    let mut people = People::open(&folder.join("people.sqlite")).unwrap();
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let mut builder = Builder::new(WriterOptions::default());
    for chain in chains {
        builder.add(chain, &aliases).unwrap();
    }
    (builder.finish(ManifestId(made::unique()), 1_795_000_000_000).unwrap(), people)
}

fn assert_is(events: &RecordBatch, id: MatchId, chain: &Chain, people: &People) {
    let back = chain_of(events, id).unwrap().unwrap();
    assert!(back != *chain, "names and ids are not in the archive");
    let restored = restore(&back, &people.known(&back).unwrap());
    assert!(restored.to_bytes() == chain.to_bytes(), "{id:?} is another");
}

#[tokio::test]
async fn matches_come_back_to_the_byte_from_postgresql_and_from_s3() {
    let chains: Vec<Chain> = (0..8).map(|seed| Play::people(seed).chain()).collect();
    let folder = std::env::temp_dir().join(format!("liap-people-{}", made::unique()));
    std::fs::create_dir(&folder).unwrap();
    let (change, people) = converted(&chains, &folder);

    let database = Database::new().await;
    let target = database.target();
    assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    let bucket = Bucket::new().await;
    assert_eq!(bucket.target().apply(&change).await, Ok(Applied::Now));
    let store = bucket.target().store();
    let catalog = Catalog::load(store.clone(), CatalogLimits::default()).await.unwrap();
    let mut files = Vec::new();
    for file in catalog.files(Table::Events, Hour(0)..) {
        let got = store.get(&Location::from(file.path.as_str())).await.unwrap();
        files.push(read_part(got.bytes().await.unwrap()).unwrap().1);
    }
    let in_files: usize = files.iter().map(RecordBatch::num_rows).sum();

    let mut in_database = 0;
    for chain in &chains {
        let id = chain.match_id.unwrap();
        let name = uuid::Uuid::from_bytes(id.0).to_string();
        let events = target.read_events(&name).await.unwrap().unwrap();
        in_database += events.num_rows();
        assert_is(&events, id, chain, &people);
        let file = files.iter().find(|file| chain_of(file, id).unwrap().is_some()).unwrap();
        assert_is(file, id, chain, &people);
        assert_eq!(events.schema(), file.schema());
    }
    assert_eq!(in_database, in_files);
    let counts = database.census().await;
    for part in Table::ALL {
        let rows = change.manifest.files.iter().filter(|file| file.table == part);
        assert_eq!(counts.rows[part.name()], rows.map(|file| file.rows).sum::<u64>(), "{part:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
