//! Deals against numbers that Python's hashlib made from the text of `docs/protocol.md`.

use components::{PerSeat, PieceSet};

use super::{deal, match_id, match_seed, seed_hash};

fn counted() -> [u8; 32] {
    std::array::from_fn(|index| index as u8)
}

fn check(seed: [u8; 32], round: u8, redeal: u8, expected: PerSeat<u32>) {
    assert_eq!(deal(&seed, round, redeal).map(|hand| hand.0), expected);
}

#[test]
fn deals_equal_the_golden_ones() {
    let zero = [0; 32];
    check(zero, 1, 0, [0x8201_1988, 0x44F0_0003, 0x3008_A640, 0x0906_4034]);
    check(zero, 1, 1, [0x2C36_0004, 0x4040_3063, 0x0281_8388, 0x9108_4C10]);
    check(zero, 20, 9, [0x3202_8448, 0x0848_3015, 0x44A0_08A2, 0x8115_4300]);
    check(counted(), 1, 0, [0x0A02_3841, 0xB409_0012, 0x0164_8680, 0x4090_412C]);
    check(counted(), 1, 1, [0x94B1_0001, 0x4044_10B2, 0x2100_E848, 0x0A0A_0704]);
    check(counted(), 20, 9, [0x0080_029F, 0x9128_2120, 0x4C44_0C40, 0x2213_D000]);
    check([255; 32], 1, 0, [0x9E22_0080, 0x0119_8244, 0x20C0_3128, 0x4004_4C13]);
    check([255; 32], 1, 1, [0xA600_2842, 0x4912_8024, 0x1048_5608, 0x00A5_0191]);
    check([255; 32], 20, 9, [0xC0D0_8801, 0x0C03_140C, 0x3200_21A2, 0x012C_4250]);
}

#[test]
fn every_piece_is_dealt_once_and_every_hand_has_eight() {
    for round in 1..=99 {
        for redeal in 0..=9 {
            let hands = deal(&counted(), round, redeal);
            assert!(hands.iter().all(|hand| hand.len() == 8));
            assert_eq!(hands.into_iter().fold(PieceSet::EMPTY, PieceSet::union), PieceSet::ALL);
        }
    }
}

#[test]
fn every_seat_gets_every_piece_about_equally_often() {
    let mut counts = [[0_u32; 32]; 4];
    let mut deals = 0;
    for first in 0..16 {
        for round in 1..=99 {
            let hands = deal(&[first; 32], round, 0);
            deals += 1;
            for (seat, hand) in hands.iter().enumerate() {
                hand.iter().for_each(|piece| counts[seat][usize::from(piece.index())] += 1);
            }
        }
    }
    // 1584 deals: 396 expected, standard deviation 17; 5 of those either way.
    assert_eq!(deals, 1584);
    for count in counts.as_flattened() {
        assert!((311..=481).contains(count), "{count}");
    }
}

#[test]
fn seed_hashes_match_seeds_and_match_ids_equal_the_golden_ones() {
    let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        hex(seed_hash(&counted())),
        "eed842a1fbe6616010b212f557326e49585f78ab3aca838dc3efecd04812b037"
    );
    assert_eq!(
        hex(match_seed(&counted(), 258)),
        "09e6296d993acddf2c51b40af7a595dd7841beb0131f67048aade971a1ce24ed"
    );
    let id = match_id(&counted(), 258, 1_795_000_000_123);
    assert_eq!(id.as_u128(), 0x01a1_ee56_5e7b_7aee_b254_ec7e_673d_956e);
}

#[test]
fn match_ids_sort_by_time_and_differ_by_room_and_number() {
    let id = match_id(&counted(), 1, 1_000);
    assert!(id < match_id(&counted(), 1, 1_001));
    assert_ne!(id, match_id(&counted(), 2, 1_000));
    assert_ne!(id, match_id(&[1; 32], 1, 1_000));
}
