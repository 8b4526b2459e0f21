//! Tells the linker where the programs of this package look for libduckdb: beside an installation, then where it was
//! built.

#[expect(clippy::disallowed_methods, reason = "a build script is told everything by its environment")]
fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN/../lib/synthbook");
    if let Some(folder) = std::env::var_os("DUCKDB_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
}
