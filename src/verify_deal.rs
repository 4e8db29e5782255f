//! `liap verify-deal`: what a match's seed dealt, for players who want to check it.

use std::io::{self, Write};

use components::{PieceSet, Seat};
use rules::{DEAL_VERSION, Kind, deal, seed_hash};

use crate::args::{Exit, VerifyDeal};

/// Prints the hash and the four hands of a deal to `out`; says on `err` when the hash is not the
/// one that was announced.
///
/// # Errors
///
/// Where `out` or `err` cannot be written to.
pub(crate) fn run(
    args: &VerifyDeal,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    let hash = seed_hash(&args.seed);
    let verdict = match args.hash {
        None => "",
        Some(said) if said == hash => " (as announced)",
        Some(_) => " (not as announced)",
    };
    writeln!(out, "seed       {}", hex(&args.seed))?;
    writeln!(out, "seed_hash  {}{verdict}", hex(&hash))?;
    writeln!(
        out,
        "deal       round {}, redeal {}, version {DEAL_VERSION}",
        args.round, args.redeal
    )?;
    let hands = deal(&args.seed, args.round, args.redeal);
    for seat in Seat::ALL {
        let hand = hands[seat.index()];
        let indices: Vec<u8> = hand.iter().map(|piece| piece.index()).collect();
        writeln!(out, "seat {}     {indices:?}  {}", seat.number(), describe(hand))?;
    }
    let Some(said) = args.hash.filter(|said| *said != hash) else { return Ok(Exit::Ok) };
    writeln!(
        err,
        "this is not the announced seed: its hash is {}, announced was {}",
        hex(&hash),
        hex(&said)
    )?;
    Ok(Exit::CheckFailed)
}

/// A hand in words: red before black, the strongest first.
fn describe(hand: PieceSet) -> String {
    let colours = [("red", Kind::red as fn(Kind) -> PieceSet), ("black", Kind::black)];
    let pieces = colours.into_iter().flat_map(|(colour, of_kind)| {
        Kind::ALL.into_iter().filter_map(move |kind| match hand.intersection(of_kind(kind)).len() {
            0 => None,
            1 => Some(format!("{colour} {kind:?}")),
            n => Some(format!("{n} {colour} {kind:?}s")),
        })
    });
    pieces.collect::<Vec<_>>().join(", ")
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    fn verify(args: &VerifyDeal) -> (Exit, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = run(args, &mut out, &mut err).unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    fn args(hash: Option<[u8; 32]>, round: u8, redeal: u8) -> VerifyDeal {
        VerifyDeal { seed: SEED, hash, round, redeal }
    }

    #[test]
    fn the_hands_printed_are_the_hands_dealt() {
        let (exit, out, err) = verify(&args(None, 3, 1));
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""));
        let hands = deal(&SEED, 3, 1);
        for (seat, line) in out.lines().skip(3).enumerate() {
            let (start, end) = (line.find('[').unwrap(), line.find(']').unwrap());
            let indices: Vec<u8> =
                line[start + 1..end].split(", ").map(|index| index.parse().unwrap()).collect();
            let dealt: Vec<u8> = hands[seat].iter().map(|piece| piece.index()).collect();
            assert_eq!(indices, dealt);
        }
        assert_eq!(out.lines().count(), 7);
    }

    #[test]
    fn an_announced_seed_passes() {
        let (exit, out, err) = verify(&args(Some(seed_hash(&SEED)), 1, 0));
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""));
        assert!(out.contains(&format!("seed_hash  {} (as announced)", hex(&seed_hash(&SEED)))));
    }

    #[test]
    fn another_seed_fails_and_says_both_hashes() {
        let (exit, out, err) = verify(&args(Some([9; 32]), 1, 0));
        assert_eq!(exit, Exit::CheckFailed);
        assert!(out.contains("(not as announced)"));
        assert!(err.contains(&hex(&seed_hash(&SEED))) && err.contains(&hex(&[9; 32])), "{err}");
    }

    #[test]
    fn a_hand_is_told_in_words() {
        let hand = PieceSet(1 | 0b11 << 1 | 1 << 11 | 0b111 << 27 | 1 << 16);
        assert_eq!(
            describe(hand),
            "red General, 2 red Advisors, red Soldier, black General, 3 black Soldiers"
        );
    }
}
