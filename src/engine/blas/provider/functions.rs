//! Foreign functions, linked or looked up.

use std::ffi::{CStr, c_char};

/// Declares the functions of a library as a struct of pointers. `find` is all of them, or `None`
/// where the library of this program lacks one: where the condition holds they are linked, else
/// they are looked up.
///
/// What is declared must be what the library's header says; the calls rely on it.
macro_rules! functions {
    (
        $(#[$attribute:meta])*
        $library:ident, linked where $linked:meta:
        $($name:ident($($argument:ty),*) $(-> $result:ty)?;)*
    ) => {
        $(#[$attribute])*
        #[allow(non_snake_case)]
        pub(super) struct $library {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl $library {
            #[cfg($linked)]
            pub(super) fn find() -> Option<Self> {
                unsafe extern "C" {
                    $(fn $name($(_: $argument),*) $(-> $result)?;)*
                }
                Some(Self { $($name,)* })
            }

            #[cfg(not($linked))]
            pub(super) fn find() -> Option<Self> {
                let symbol = |name: &str| {
                    let name = std::ffi::CString::new(name).ok()?;
                    super::file::symbol(&name)
                };
                Some(Self {
                    $($name: {
                        let symbol = symbol(stringify!($name))?;
                        // SAFETY: it is the address of the function that has this name in the
                        // library's header, and so of this type.
                        unsafe {
                            std::mem::transmute::<
                                *mut std::ffi::c_void,
                                unsafe extern "C" fn($($argument),*) $(-> $result)?,
                            >(symbol.as_ptr())
                        }
                    },)*
                })
            }
        }
    };
}

/// The text at `text`.
///
/// # Safety
/// It ends in NUL and does not change during the call.
pub(super) unsafe fn text(text: *const c_char) -> String {
    // SAFETY: the caller says so.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
