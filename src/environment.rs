//! What computes: this program as it was built, the processor, and the BLAS library.

use crate::blas::Library;
use crate::lanes::isa::Isa;
use serde::Serialize;

/// All that the speed of a run depends on, besides the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// The version of this program.
    pub rankone: &'static str,
    /// The Cargo profile that it was built with.
    pub profile: &'static str,
    /// The target that it was built for.
    pub target: &'static str,
    /// The processor.
    pub cpu: Cpu,
    /// The library under the products of the engine `blas`.
    pub blas: Library,
}

/// A processor, as far as it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cpu {
    /// Its name.
    pub model: String,
    /// Cores that this program may use.
    pub cores: usize,
    /// Its caches.
    pub caches: Caches,
    /// What the blocked engine's kernels are compiled for.
    pub instruction_sets: InstructionSets,
}

/// Sizes in bytes; `None` where there is no such cache, or none that is told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Caches {
    /// First level, data.
    pub l1d: Option<usize>,
    /// First level, instructions.
    pub l1i: Option<usize>,
    /// Second level.
    pub l2: Option<usize>,
    /// Third level, shared by cores.
    pub l3: Option<usize>,
}

/// The instruction sets that this CPU has, of those that there are kernels for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionSets {
    /// All of them, narrowest first.
    pub found: Vec<&'static str>,
    /// The one in use; `None` where `RANKONE_ISA` asks for one that is not to be had.
    pub chosen: Option<&'static str>,
}

impl Environment {
    /// The environment of this process, now.
    pub fn here() -> Self {
        Self {
            rankone: env!("CARGO_PKG_VERSION"),
            profile: env!("RANKONE_PROFILE"),
            target: env!("RANKONE_TARGET"),
            cpu: Cpu {
                model: processor::model().unwrap_or_else(|| "unknown".into()),
                cores: std::thread::available_parallelism().map_or(1, usize::from),
                caches: processor::caches(),
                instruction_sets: InstructionSets {
                    found: Isa::available().into_iter().map(Isa::name).collect(),
                    chosen: Isa::from_environment().ok().map(Isa::name),
                },
            },
            blas: Library::now(),
        }
    }
}

/// The size of a cache, or of an array to fill it, in KiB, or in MiB from one on.
pub fn kibibytes(bytes: usize) -> String {
    match bytes >> 10 {
        kib @ 0..1024 => format!("{kib} KiB"),
        kib if kib % 1024 == 0 => format!("{} MiB", kib >> 10),
        kib => format!("{:.1} MiB", kib as f64 / 1024.0),
    }
}

#[cfg(target_arch = "x86_64")]
mod processor {
    use super::Caches;
    use raw_cpuid::{CacheType, CpuId};

    pub(super) fn model() -> Option<String> {
        let brand = CpuId::new().get_processor_brand_string()?;
        Some(brand.as_str().trim().to_owned()).filter(|model| !model.is_empty())
    }

    pub(super) fn caches() -> Caches {
        let mut caches = Caches::default();
        for cache in CpuId::new().get_cache_parameters().into_iter().flatten() {
            let lines = cache.associativity() * cache.physical_line_partitions() * cache.sets();
            let size = lines * cache.coherency_line_size();
            match (cache.level(), cache.cache_type()) {
                (1, CacheType::Data) => caches.l1d = Some(size),
                (1, CacheType::Instruction) => caches.l1i = Some(size),
                (2, _) => caches.l2 = Some(size),
                (3, _) => caches.l3 = Some(size),
                _ => {}
            }
        }
        caches
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod processor {
    use super::Caches;

    pub(super) fn model() -> Option<String> {
        None
    }

    pub(super) fn caches() -> Caches {
        Caches::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_told_in_full() {
        let environment = Environment::here();
        let sets = &environment.cpu.instruction_sets;
        assert!(sets.chosen.is_some_and(|chosen| sets.found.contains(&chosen)), "{sets:?}");
        assert!(environment.cpu.cores >= 1);
        assert!(environment.target.starts_with(std::env::consts::ARCH), "{environment:?}");
        let release = environment.profile != "debug" && environment.profile != "dev";
        assert_eq!(release, !cfg!(debug_assertions), "{}", environment.profile);
    }

    /// Caches grow from level to level.
    #[test]
    fn caches_are_in_bytes() {
        let caches = Environment::here().cpu.caches;
        let sizes: Vec<_> = [caches.l1d, caches.l2].into_iter().flatten().collect();
        assert!(sizes.iter().all(|size| (1 << 12..1 << 28).contains(size)), "{caches:?}");
        assert!(sizes.is_sorted(), "{caches:?}");
    }
}
