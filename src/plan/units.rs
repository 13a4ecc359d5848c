//! Values with units, and the one parser for them.
