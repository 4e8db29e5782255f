//! What the command line means.

use clap::CommandFactory;

use super::*;

fn parse_line(line: &str) -> Result<Command, clap::Error> {
    read(std::iter::once("liap").chain(line.split_whitespace()).map(OsString::from))
}

#[track_caller]
fn serve(line: &str) -> Serve {
    match parse_line(line) {
        Ok(Command::Serve(serve)) => serve,
        other => panic!("{line:?} is {other:?}"),
    }
}

#[track_caller]
fn simulate(line: &str) -> Simulate {
    match parse_line(line) {
        Ok(Command::Simulate(simulate)) => simulate,
        other => panic!("{line:?} is {other:?}"),
    }
}

#[track_caller]
fn refused(line: &str, part: &str) {
    let error = parse_line(line).expect_err(line);
    assert_eq!(error.exit_code(), i32::from(Exit::Usage as u8), "{line}");
    let text = error.to_string();
    assert!(text.contains(part), "{line:?} is refused with {text}");
}

#[test]
fn the_definition_holds_together() {
    CommandLine::command().debug_assert();
}

#[test]
fn serving_is_what_happens_without_a_command() {
    for line in ["--listen 127.0.0.1:1 --print-config", "serve --listen 127.0.0.1:1 --print-config"]
    {
        let serve = serve(line);
        assert_eq!(serve.listen.as_deref(), Some("127.0.0.1:1"));
        assert!(serve.print_config);
    }
    assert!(serve("").flags().is_empty());
}

#[test]
fn flags_become_values_of_keys_the_named_ones_last() {
    let serve = serve(
        "--listen A --data D --pace P --shards S --tick-hz T --bot-rooms B \
         --set net.listen=X --set net.origins=a=b --set log.filter=",
    );
    let flags: Vec<_> = serve
        .flags()
        .into_iter()
        .map(|flag| format!("{} {}={}", flag.flag, flag.key, flag.value))
        .collect();
    assert_eq!(
        flags,
        [
            "--set net.listen=X",
            "--set net.origins=a=b",
            "--set log.filter=",
            "--listen net.listen=A",
            "--data server.data=D",
            "--pace rooms.default_pace=P",
            "--shards server.shards=S",
            "--tick-hz server.tick_hz=T",
            "--bot-rooms server.bot_rooms=B",
        ]
    );
}

#[test]
fn a_setting_without_a_value_is_refused() {
    refused("--set net.listen", "there is no = in it");
}

#[test]
fn check_config_takes_the_same_sources() {
    let Ok(Command::CheckConfig(check)) = parse_line("check-config --config f --set a=1") else {
        panic!("check-config is not read");
    };
    assert_eq!(check.configured.config, Some("f".into()));
    assert_eq!(check.configured.set, [("a".to_owned(), "1".to_owned())]);
}

#[test]
fn a_simulation_says_who_plays() {
    let plain = simulate("simulate --matches 10 --seed 7");
    assert_eq!((plain.matches, plain.seed), (10, 7));
    assert_eq!((plain.pace, plain.amnesia), (Pace::Instant, false));
    assert_eq!(plain.lineup(), Lineup::All(BotLevel::Standard));

    let line = "simulate --matches 1 --seed 0 --seats standard,simple,simple,simple";
    let levels = [BotLevel::Standard, BotLevel::Simple, BotLevel::Simple, BotLevel::Simple];
    assert_eq!(simulate(line).lineup(), Lineup::Seats(levels, false));
    assert_eq!(simulate(&format!("{line} --rotate")).lineup(), Lineup::Seats(levels, true));

    let line = "simulate --matches 1 --seed 0 --pace fast --bots mixed --amnesia";
    assert_eq!((simulate(line).pace, simulate(line).lineup()), (Pace::Fast, Lineup::Mixed));
    assert!(simulate(line).amnesia);
}

#[test]
fn a_simulation_that_makes_no_sense_is_refused() {
    refused("simulate --matches 0 --seed 1", "--matches");
    refused("simulate --matches 1", "--seed");
    refused("simulate --matches 1 --seed 1 --pace slow", "classic");
    refused("simulate --matches 1 --seed 1 --seats simple,simple", "four of simple and standard");
    refused("simulate --matches 1 --seed 1 --rotate", "--seats");
    refused(
        "simulate --matches 1 --seed 1 --bots simple --seats simple,simple,simple,simple",
        "cannot be used with",
    );
}

#[test]
fn a_game_is_opened_or_joined_but_not_both() {
    let Ok(Command::Play(play)) = parse_line("play --room ABCDEF --json") else {
        panic!("play is not read");
    };
    assert_eq!((play.room.as_deref(), play.json), (Some("ABCDEF"), true));
    assert_eq!(play.url, "ws://127.0.0.1:7070/v1/ws");
    refused("play --room ABCDEF --pace fast", "cannot be used with");
    refused("play --bots 4", "0..=3");
}

#[test]
fn a_seed_is_read_from_64_hexadecimal_digits() {
    let seed = format!("0aFF{}", "00".repeat(30));
    let Ok(Command::VerifyDeal(verify)) = parse_line(&format!("verify-deal --seed {seed}")) else {
        panic!("verify-deal is not read");
    };
    assert_eq!(verify.seed[..3], [0x0a, 0xff, 0]);
    assert_eq!((verify.hash, verify.round, verify.redeal), (None, 1, 0));
    refused("verify-deal --seed 00", "64 hexadecimal digits");
    refused(&format!("verify-deal --seed {}", "0g".repeat(32)), "64 hexadecimal digits");
    refused(&format!("verify-deal --seed {}", "é".repeat(32)), "64 hexadecimal digits");
    refused(&format!("verify-deal --seed {seed} --round 0"), "1..=99");
    refused(&format!("verify-deal --seed {seed} --redeal 10"), "0..=9");
}
