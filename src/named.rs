//! Values that are said by name: in settings, in files, on the command line.

/// `Display` and `FromStr` of enums, by the names that serde gives their variants.
macro_rules! named {
    ($($name:ty),+) => {
        $(
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    serde::Serialize::serialize(self, f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = serde::de::value::Error;

                fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
                    let name = serde::de::IntoDeserializer::into_deserializer(name);
                    serde::Deserialize::deserialize(name)
                }
            }
        )+
    };
}

pub(crate) use named;
