//! What computes: this program as it was built, the processor, and the BLAS library.

use crate::blas::Library;
use crate::simd::isa::Isa;
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
    /// The one in use; `None` where one was asked for that is not to be had.
    pub chosen: Option<&'static str>,
}

impl Environment {
    /// The environment of this process, now; it computes with the instructions of `isa`, if they are to be
    /// had.
    pub fn here(isa: Option<Isa>) -> Self {
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
                    chosen: isa.map(Isa::name),
                },
            },
            blas: Library::now(),
        }
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
