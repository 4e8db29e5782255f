//! Failures that tests plant, to see that they are found.

/// A failure that can be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fault {
    /// Frames leave before what they show is written.
    ReleaseBeforeWrite,
    /// States go to disk before the events they are the sum of.
    StateBeforeEvents,
    /// Clocks are written as if none ran.
    DeadlineNotPersisted,
    /// The accepted requests of a seat are not written.
    DedupeForgotten,
    /// With `durability = disk`, nothing is synced before it is shown.
    SyncSkipped,
    /// New files are not synced into their directory.
    UnsyncedCreate,
    /// What recovery reads is shown without being synced first.
    UnsyncedRecovery,
    /// A torn record at the end of a file is taken for a good one.
    TornTailKept,
    /// A write that failed half-way is gone on from, not cut back.
    ShortWriteKept,
    /// The room's tombstone is not written.
    CloseForgotten,
    /// A connection's close counts even when a newer connection holds the session.
    StaleCloseEvicts,
    /// After a restart, seats count as away at once.
    GraceForgotten,
    /// Room numbers start from 1 again after a restart.
    RoomIdsReused,
    /// Who wants to sit down as `panic rules` makes the rules panic, as `panic tick` the tick.
    NamesPanic,
}

impl Fault {
    /// All that lose or break something, and so must be found; [`Self::NamesPanic`] must not.
    pub const ALL: [Self; 13] = [
        Self::ReleaseBeforeWrite,
        Self::StateBeforeEvents,
        Self::DeadlineNotPersisted,
        Self::DedupeForgotten,
        Self::SyncSkipped,
        Self::UnsyncedCreate,
        Self::UnsyncedRecovery,
        Self::TornTailKept,
        Self::ShortWriteKept,
        Self::CloseForgotten,
        Self::StaleCloseEvicts,
        Self::GraceForgotten,
        Self::RoomIdsReused,
    ];
}

/// Which failures are planted: none, for ever, unless built with the feature `faults`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Faults {
    #[cfg(feature = "faults")]
    planted: u32,
}

impl Faults {
    /// None.
    pub const NONE: Self = Self {
        #[cfg(feature = "faults")]
        planted: 0,
    };

    /// These.
    #[cfg(feature = "faults")]
    #[must_use]
    pub fn planted(faults: &[Fault]) -> Self {
        Self { planted: faults.iter().fold(0, |set, fault| set | (1 << *fault as u8)) }
    }

    /// Whether this one is planted.
    #[must_use]
    #[inline]
    pub const fn has(self, fault: Fault) -> bool {
        #[cfg(feature = "faults")]
        {
            self.planted & (1 << fault as u8) != 0
        }
        #[cfg(not(feature = "faults"))]
        {
            _ = fault;
            false
        }
    }
}
