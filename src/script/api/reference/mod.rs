//! Tests only: the stubs for editors say exactly what scripts can call, and `docs/lua-api/` says what the stubs say.
//!
//! `THRONG_UPDATE_DOCS=1 cargo test --lib reference` writes the pages anew.

mod compare;
mod page;
mod stub;
