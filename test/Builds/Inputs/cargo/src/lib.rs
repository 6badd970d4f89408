//! A plugin for the project's program: Rust without, C++ within.

extern "C" {
    fn newDial() -> *mut std::ffi::c_void;
}

#[no_mangle]
pub extern "C" fn makeWidget() -> *mut std::ffi::c_void {
    unsafe { newDial() }
}
