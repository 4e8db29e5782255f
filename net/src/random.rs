//! Where chance comes from: the operating system, or a test's own source.

/// A source of random bytes.
pub(crate) struct Random(Box<dyn FnMut(&mut [u8]) -> bool + Send>);

impl Random {
    /// The operating system's.
    pub(crate) fn system() -> Self {
        Self(Box::new(|bytes| getrandom::fill(bytes).is_ok()))
    }

    /// `fill` writes all bytes it is given; false says that it could not.
    pub(crate) fn new(fill: impl FnMut(&mut [u8]) -> bool + Send + 'static) -> Self {
        Self(Box::new(fill))
    }

    /// `N` bytes nobody can guess; `None` if the source fails.
    pub(crate) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes).then_some(bytes)
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}
