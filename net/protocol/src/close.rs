//! Why a connection closes.

/// The status of a WebSocket close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// All is said.
    pub const NORMAL: Self = Self(1000);
    /// The server goes away.
    pub const GOING_AWAY: Self = Self(1001);
    /// Against the server's policy.
    pub const POLICY: Self = Self(1008);
    /// A message above the limit.
    pub const TOO_BIG: Self = Self(1009);
    /// A newer connection of the same session took over.
    pub const REPLACED: Self = Self(4000);
    /// The client did not read fast enough.
    pub const TOO_FAR_BEHIND: Self = Self(4001);
    /// No session with this token.
    pub const UNAUTHORIZED: Self = Self(4002);
    /// Not what the protocol says.
    pub const PROTOCOL_ERROR: Self = Self(4003);
    /// Far too fast, for too long.
    pub const RATE_LIMITED: Self = Self(4004);
    /// The server restarts; seats are kept.
    pub const RESTARTING: Self = Self(4005);

    /// Whether a client should connect again, at the latest after some time: yes where the cause
    /// passes by itself, and where the code is none of ours (a proxy's, a crash's).
    #[must_use]
    pub const fn should_reconnect(self) -> bool {
        !matches!(
            self,
            Self::NORMAL
                | Self::POLICY
                | Self::TOO_BIG
                | Self::REPLACED
                | Self::UNAUTHORIZED
                | Self::PROTOCOL_ERROR
        )
    }
}

#[cfg(test)]
mod tests {
    use super::CloseCode;

    #[test]
    fn only_what_passes_by_itself_is_worth_a_reconnection() {
        let worth: Vec<u16> =
            (1000..5000).filter(|code| CloseCode(*code).should_reconnect()).collect();
        for code in [1001, 1006, 1011, 4001, 4004, 4005] {
            assert!(worth.contains(&code), "{code}");
        }
        for code in [1000, 1008, 1009, 4000, 4002, 4003] {
            assert!(!worth.contains(&code), "{code}");
        }
    }
}
