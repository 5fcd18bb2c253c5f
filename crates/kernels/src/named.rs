//! Enums whose values have names: in settings, in files, on the command line.

/// The error of parsing a name that no value of an enum has; it lists those that there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(String);

impl NameError {
    /// Takes the message of the deserializer that refused the name.
    #[doc(hidden)]
    pub fn new(error: &serde::de::value::Error) -> Self {
        Self(error.to_string())
    }
}

/// Implements `Display` and `FromStr` for enums, by the names that serde gives their variants.
#[macro_export]
macro_rules! named {
    ($($name:ty),+) => {
        $(
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    serde::Serialize::serialize(self, f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::NameError;

                fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
                    let name = serde::de::IntoDeserializer::into_deserializer(name);
                    serde::Deserialize::deserialize(name)
                        .map_err(|error| $crate::NameError::new(&error))
                }
            }
        )+
    };
}
