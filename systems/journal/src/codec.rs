//! Components as bytes.
