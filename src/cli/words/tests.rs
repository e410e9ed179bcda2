//! Which words of other tools are told what to write, and arguments of this one.

use clap::CommandFactory;

use super::*;
use crate::cli::Cli;

#[test]
fn every_word_leads_to_a_verb_and_is_none() {
    let mut command = Cli::command();
    command.build();
    let tar = command.find_subcommand("tar").unwrap();
    let bmp = command.find_subcommand("bmp").unwrap();
    for (table, command) in [(WORDS, &command), (OF_TAR, tar), (OF_BMP, bmp)] {
        for (words, verb, _) in table {
            let mut verb = verb.split(' ');
            let mut below = command;
            if let Some(first) = verb.next().filter(|first| !first.starts_with('-')) {
                below = below
                    .find_subcommand(first)
                    .unwrap_or_else(|| panic!("{first}"));
            }
            if let Some(second) = verb.next().filter(|second| !second.starts_with('-')) {
                assert!(below.find_subcommand(second).is_some(), "{second}");
            }
            for word in *words {
                assert!(command.find_subcommand(word).is_none(), "{word}");
            }
        }
    }
}

#[test]
fn arguments_are_taken_along_and_quoted() {
    let said = meant("compare", &["a b".into(), "it's".into()]).unwrap();
    assert!(
        said.contains("\n  bytewright diff 'a b' 'it'\\''s'\n"),
        "{said}"
    );
    let swapped = meant("grep", &["a b".into(), "Cargo.toml".into()]).unwrap();
    assert!(
        swapped.contains("bytewright find Cargo.toml 'a b'"),
        "{swapped}"
    );
    assert_eq!(meant("unpack", &[]), None);
}

#[test]
fn options_are_taken_along_where_the_verb_has_them() {
    let of = |word: &str, arguments: &[&str]| {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        meant(word, &arguments).unwrap()
    };
    let kept = of("hexyl", &["-n", "16", "Cargo.toml"]);
    assert!(kept.contains("dump -n 16 Cargo.toml\n"), "{kept}");
    let dropped = of("od", &["-A", "x", "-t", "x1z", "Cargo.toml"]);
    assert!(
        dropped.contains("bytewright dump Cargo.toml\n"),
        "{dropped}"
    );
    // -h would be asked for help.
    let dropped = of("readelf", &["-h", "Cargo.toml"]);
    assert!(
        dropped.contains("bytewright inspect Cargo.toml\n"),
        "{dropped}"
    );
}
