//! The command line as it is typed: each page of `tests/cmd/` and the README.

#[test]
fn commands_print_and_return_what_the_pages_say() {
    let cases = trycmd::TestCases::new();
    // What stands in the environment of whoever runs the tests must not change what they see.
    for variable in ["DATABASE_URL", "REDIS_URL", "THRONG_PROFILE", "THRONG_TARGET"] {
        cases.env(variable, "");
    }
    cases.case("tests/cmd/*.trycmd");
}

#[test]
fn the_page_on_configuration_names_every_setting() {
    let page = include_str!("../docs/configuration.md");
    for setting in throng::plan::settings::all() {
        assert!(
            page.contains(&format!("| `{}` | `--", setting.name)),
            "docs/configuration.md lacks `{}`",
            setting.name
        );
    }
}
