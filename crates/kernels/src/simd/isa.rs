//! The instruction sets that the kernels are compiled for, and the one place where one is entered.

use std::fmt;

/// An instruction set that this CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(InstructionSet);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InstructionSet {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Why an instruction set that was asked for cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IsaError {
    /// There is none of this name.
    #[error("no instruction set is called `{0}`; expected baseline, avx2 or avx512")]
    Unknown(String),
    /// The CPU lacks it.
    #[error("this CPU has no `{0}` instructions")]
    Missing(&'static str),
}

/// A computation to be compiled for each instruction set.
///
/// `run` and all it calls in its loops are `#[inline(always)]`, for only then are they compiled
/// with the instructions of the function that they are inlined into.
pub trait Kernel {
    /// What it comes to.
    type Output;
    /// Computes it.
    fn run(self) -> Self::Output;
}

impl Isa {
    const NAMES: [&str; 3] = ["baseline", "avx2", "avx512"];

    /// The widest that this CPU has.
    pub fn detect() -> Self {
        *Self::available().last().expect("the baseline is everywhere")
    }

    /// All that this CPU has, narrowest first.
    pub fn available() -> Vec<Self> {
        Self::NAMES.iter().filter_map(|name| Self::named(name).ok()).collect()
    }

    /// The one called `name`: `baseline`, `avx2` or `avx512`.
    ///
    /// # Errors
    /// [`IsaError::Unknown`] where there is none of this name, [`IsaError::Missing`] where this CPU
    /// lacks it.
    pub fn named(name: &str) -> Result<Self, IsaError> {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("popcnt");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw");
            match name {
                "avx2" if avx2 => return Ok(Self(InstructionSet::Avx2)),
                "avx512" if avx512 => return Ok(Self(InstructionSet::Avx512)),
                _ => {}
            }
        }
        match Self::NAMES.iter().find(|&&known| known == name) {
            Some(&"baseline") => Ok(Self(InstructionSet::Baseline)),
            Some(known) => Err(IsaError::Missing(known)),
            None => Err(IsaError::Unknown(name.to_owned())),
        }
    }

    /// Its name: `baseline`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        match self.0 {
            InstructionSet::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => "avx512",
        }
    }

    /// Runs `kernel` as compiled for this instruction set.
    #[doc(hidden)]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            InstructionSet::Baseline => kernel.run_baseline(),
            // SAFETY: a `InstructionSet::Avx2` or `InstructionSet::Avx512` is only made after its
            // features were detected.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => unsafe { kernel.run_avx2() },
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => unsafe { kernel.run_avx512() },
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A kernel as compiled for each instruction set.
///
/// Three functions would do. As methods of the kernel they belong, for the compiler, to the module
/// that the kernel is of, and so those of different modules are compiled at the same time.
trait Compiled: Kernel {
    fn run_baseline(self) -> Self::Output;
    /// # Safety
    /// Only where the CPU has these instructions.
    #[cfg(target_arch = "x86_64")]
    unsafe fn run_avx2(self) -> Self::Output;
    /// # Safety
    /// Only where the CPU has these instructions.
    #[cfg(target_arch = "x86_64")]
    unsafe fn run_avx512(self) -> Self::Output;
}

impl<K: Kernel> Compiled for K {
    fn run_baseline(self) -> Self::Output {
        self.run()
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,bmi1,popcnt")]
    unsafe fn run_avx2(self) -> Self::Output {
        self.run()
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi1,popcnt")]
    unsafe fn run_avx512(self) -> Self::Output {
        self.run()
    }
}
