//! Lets this crate's own tests find the DuckDB library they are linked with.

#[expect(clippy::disallowed_methods, reason = "a build script's configuration is its environment")]
fn main() {
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    if let Some(folder) = std::env::var_os("DUCKDB_LIB_DIR") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
}
