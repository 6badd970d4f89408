//! Compiles the C++ part, beside this folder, without a crate from elsewhere.

use std::process::Command;

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status();
    assert!(status.expect(program).success());
}

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let mut archive = vec!["rcs".to_string(), format!("{out}/libdial.a")];
    for name in ["dial", "button"] {
        let object = format!("{out}/{name}.o");
        let source = format!("../{name}.cpp");
        let rename = "-DmakeWidget=newDial";
        run("c++", &["-fPIC", rename, "-c", &source, "-o", &object]);
        archive.push(object);
    }
    let archive: Vec<&str> = archive.iter().map(String::as_str).collect();
    run("ar", &archive);
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-search=native=..");
    println!("cargo:rustc-link-lib=static=dial");
    println!("cargo:rustc-link-lib=widget");
    println!("cargo:rustc-link-lib=stdc++");
}
