//! Chooses and links the BLAS provider; if its library is not found, the error says how to install
//! it.

mod libraries;
mod provider;

use provider::{BlasFeature, enabled};
use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build");
    describe_build();
    let names = BlasFeature::APIS.map(|api| format!("{api:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(blas_provider, values({names}))");
    println!("cargo::rustc-check-cfg=cfg(blas_feature, values(any()))");
    let enabled = enabled();
    let Some(provider) = enabled.first() else {
        println!("cargo::rustc-env=RANKONE_PROVIDER=none");
        return;
    };
    println!("cargo::rustc-env=RANKONE_PROVIDER={}", provider.feature);
    println!("cargo::rustc-cfg=blas_provider={:?}", provider.api);
    println!("cargo::rustc-cfg=blas_feature={:?}", provider.feature);
    if let [provider, others @ ..] = &enabled[..]
        && !others.is_empty()
    {
        println!("cargo::warning={}", provider::several(provider, others));
    }
    if let Err(words) = provider.link() {
        for line in words.lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Tells the program how it was built.
fn describe_build() {
    let target = env::var("TARGET").expect("Cargo sets TARGET");
    println!("cargo::rustc-env=RANKONE_TARGET={target}");
    // target/PROFILE/build/rankone-HASH/out: PROFILE itself only knows `debug` and `release`.
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let profile = out.ancestors().nth(3).and_then(|folder| folder.file_name());
    let profile = profile.map_or_else(|| "unknown".into(), |name| name.to_string_lossy());
    println!("cargo::rustc-env=RANKONE_PROFILE={profile}");
}
