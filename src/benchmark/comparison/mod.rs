//! stub
use std::path::Path;
/// stub
#[derive(Debug)]
pub struct Comparison;
impl Comparison {
    /// stub
    pub fn read(_: &Path) -> crate::Result<Self> { Ok(Self) }
    /// stub
    pub fn markdown(&self) -> String { String::new() }
    /// stub
    pub fn svg(&self) -> crate::Result<String> { Ok(String::new()) }
}
