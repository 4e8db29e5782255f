//! A breaker does what its table says, whatever happens to it.

use proptest::prelude::*;

use super::*;

const OPTIONS: BreakerOptions = BreakerOptions {
    failures_max: 3,
    failing_ms_max: 1_000,
    backoff: BackoffOptions { first_ms: 10, longest_ms: 100, seed: 1 },
};

fn opened(now_ms: u64) -> Breaker {
    let mut breaker = Breaker::new(OPTIONS, now_ms);
    (0..3).for_each(|_| breaker.failed(now_ms));
    assert_eq!(breaker.seen(now_ms).state, BreakerState::Open);
    breaker
}

#[test]
fn it_opens_after_a_row_of_failures_and_a_success_ends_the_row() {
    let mut breaker = Breaker::new(OPTIONS, 0);
    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded(0);
    breaker.failed(0);
    breaker.failed(0);
    assert!(breaker.is_closed());
    breaker.failed(0);
    assert!(!breaker.is_closed());
    assert_eq!(breaker.seen(0).opened, 1);
}

#[test]
fn it_opens_when_failures_last_long_however_few() {
    let mut breaker = Breaker::new(OPTIONS, 0);
    breaker.failed(0);
    breaker.failed(1_000);
    assert!(!breaker.is_closed());
}

#[test]
fn after_each_failure_there_is_a_wait_and_being_hurried_ends_it() {
    let mut breaker = Breaker::new(OPTIONS, 0);
    breaker.failed(0);
    let Leave::Wait { until_ms } = breaker.ask(0) else { panic!("no wait") };
    assert!((10..=20).contains(&until_ms));
    assert_eq!(breaker.ask(until_ms), Leave::Call);
    breaker.hurry(1);
    assert_eq!(breaker.ask(1), Leave::Call);
}

#[test]
fn a_probe_lets_one_call_pass_which_decides_whether_it_closes() {
    let mut breaker = opened(0);
    assert_eq!(breaker.ask(1_000), Leave::Probe);
    breaker.failed(1_000);
    assert_eq!(breaker.seen(1_000).state, BreakerState::Open);
    assert!(matches!(breaker.ask(1_000), Leave::Wait { .. }));
    assert_eq!(breaker.ask(2_000), Leave::Probe);
    breaker.probed(2_000);
    assert_eq!(breaker.ask(2_000), Leave::Call);
    assert!(!breaker.is_closed(), "a full disk can be probed");
    breaker.succeeded(2_000);
    assert_eq!(breaker.ask(2_000), Leave::Call);
    assert_eq!(breaker.seen(2_500).state, BreakerState::Closed);
    assert_eq!(breaker.seen(2_500).for_ms, 500);
    assert_eq!(breaker.seen(2_500).opened, 2);
}

#[test]
fn what_can_be_probed_but_not_called_is_asked_ever_more_seldom() {
    let mut breaker = opened(0);
    let mut now_ms = 0;
    let mut longest_ms = 0;
    for _ in 0..20 {
        let Leave::Wait { until_ms } = breaker.ask(now_ms) else { panic!("no wait") };
        longest_ms = longest_ms.max(until_ms - now_ms);
        now_ms = until_ms;
        assert_eq!(breaker.ask(now_ms), Leave::Probe);
        breaker.probed(now_ms);
        assert_eq!(breaker.ask(now_ms), Leave::Call);
        breaker.failed(now_ms);
    }
    assert!(100 <= longest_ms, "{longest_ms}");
}

#[test]
fn a_good_probe_is_enough_where_there_is_nothing_to_call_for() {
    let mut breaker = opened(0);
    breaker.idle(1_000);
    assert_eq!(breaker.ask(1_000), Leave::Probe);
    breaker.idle(1_000);
    assert!(!breaker.is_closed(), "nobody answered");
    breaker.probed(1_000);
    breaker.idle(1_000);
    assert!(breaker.is_closed());
}

#[test]
fn an_answer_that_comes_after_it_opened_changes_nothing() {
    let mut breaker = opened(0);
    let before = breaker.seen(0);
    breaker.succeeded(0);
    assert_eq!(breaker.seen(0), before);
}

#[derive(Debug, Clone, Copy)]
enum Input {
    Ask,
    Probe,
    Idle,
    Succeed,
    Fail,
    Hurry,
    Pass(u64),
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Ask),
        Just(Input::Probe),
        Just(Input::Idle),
        Just(Input::Succeed),
        Just(Input::Fail),
        Just(Input::Hurry),
        (0..400u64).prop_map(Input::Pass),
    ]
}

proptest! {
    /// Against the table in the documentation, written down once more.
    #[test]
    fn every_change_is_one_of_the_table(inputs in prop::collection::vec(input(), 1..200)) {
        let mut now_ms = 5_000;
        let mut breaker = Breaker::new(OPTIONS, now_ms);
        let mut row: Vec<u64> = Vec::new();
        let mut probed = false;
        for input in inputs {
            let before = breaker.seen(now_ms);
            use BreakerState::{Closed, HalfOpen, Open};
            let expected = match input {
                Input::Pass(ms) => {
                    now_ms += ms;
                    before.state
                }
                Input::Hurry => {
                    breaker.hurry(now_ms);
                    prop_assert_eq!(breaker.seen(now_ms).retry_in_ms, 0);
                    before.state
                }
                Input::Ask => {
                    let leave = breaker.ask(now_ms);
                    let is_due = before.retry_in_ms == 0;
                    let state = if before.state == Open && is_due { HalfOpen } else { before.state };
                    prop_assert_eq!(matches!(leave, Leave::Wait { .. }), !is_due);
                    prop_assert_eq!(leave == Leave::Call, is_due && (state == Closed || probed));
                    state
                }
                Input::Probe => {
                    breaker.probed(now_ms);
                    probed |= before.state == HalfOpen;
                    before.state
                }
                Input::Idle => {
                    breaker.idle(now_ms);
                    if probed {
                        row.clear();
                        Closed
                    } else {
                        before.state
                    }
                }
                Input::Succeed => {
                    breaker.succeeded(now_ms);
                    if before.state != Open {
                        row.clear();
                    }
                    if before.state == HalfOpen { Closed } else { before.state }
                }
                Input::Fail => {
                    breaker.failed(now_ms);
                    row.push(now_ms);
                    let is_over = 3 <= row.len() || 1_000 <= now_ms - row[0];
                    if before.state == Closed && !is_over { Closed } else { Open }
                }
            };
            let after = breaker.seen(now_ms);
            probed &= expected == HalfOpen;
            prop_assert_eq!(after.state, expected, "{:?} in {:?}", input, before);
            prop_assert_eq!(after.failures as usize, row.len());
            let opens = u64::from(before.state != Open && expected == Open);
            prop_assert_eq!(after.opened, before.opened + opens);
            prop_assert!(after.retry_in_ms <= 200, "waits at most twice the longest");
        }
    }
}
