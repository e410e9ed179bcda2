//! Lines of GNU tar and what they become.

use super::*;

#[test]
fn without_f_the_first_name_that_is_a_file_is_the_archive() {
    let forgotten = |operation, names: &[&str]| {
        let mut line = Line {
            operation: Some(operation),
            words: names.iter().map(|name| Word::Name(name.into())).collect(),
            ..Line::default()
        };
        line.take_forgotten();
        (line.archive.is_some(), line.words.len())
    };
    assert_eq!(forgotten('t', &["Cargo.toml", "a"]), (true, 1));
    assert_eq!(forgotten('t', &["no such file"]), (false, 1));
    assert_eq!(forgotten('c', &["Cargo.toml"]), (false, 1));
    assert_eq!(forgotten('x', &[]), (false, 0));
}

fn line(text: &str) -> Result<String, String> {
    let args: Vec<OsString> = text.split(' ').map(OsString::from).collect();
    let verb = to_verb(&args)?.ok_or("none")?;
    let words: Vec<&str> = verb.iter().map(|word| word.to_str().unwrap()).collect();
    Ok(words.join(" "))
}

#[test]
fn letters_of_gnu_tar_are_read() {
    for (gnu, ours) in [
        ("xf a.tar", "extract a.tar"),
        ("-xvf a.tar b c", "extract a.tar --verbose b c"),
        ("-x -f a.tar", "extract a.tar"),
        ("xzf a.tgz -C out", "extract a.tgz -C out"),
        ("xvf a.tar -C out b", "extract a.tar --verbose -C out b"),
        ("xfC a.tar out", "extract a.tar -C out"),
        ("-tvf a.tar", "list a.tar --long"),
        ("tf -", "list -"),
        ("t", "list -"),
        ("-tfa.tar", "list a.tar"),
        ("--list --file=a.tar", "list a.tar"),
        ("czf a.tar.gz d e", "create a.tar.gz --compress gzip d e"),
        ("-cJf a.tar.xz d", "create a.tar.xz --compress xz d"),
        ("cf - d --exclude x", "create - d --exclude x"),
        ("cf a.tar -C d e -C f g", "create a.tar -C d e -C f g"),
        ("-C d -czf a.tgz e", "create a.tgz --compress gzip -C d e"),
        ("-C d -xf a.tar", "extract a.tar -C d"),
        ("--directory d -tf a.tar", "list a.tar"),
        ("--directory=d -tf a.tar e", "list a.tar e"),
        (
            "-v -f a.tar -x -C d -C e",
            "extract a.tar --verbose -C d -C e",
        ),
        ("-Cd -f a.tar -t", "list a.tar"),
        ("--exclude x -cf a.tar d", "create a.tar --exclude x d"),
        ("--max-size 1G -xf a.tar", "extract a.tar --max-size 1G"),
        ("-df a.tar -C d", "diff a.tar d"),
        ("rf a.tar d", "append a.tar d"),
        ("uf a.tar d", "update a.tar d"),
        ("df a.tar", "diff a.tar ."),
        ("xf a.tar -C d a -C e b", "extract a.tar -C d a -C e b"),
        ("-Af a.tar b.tar c.tar", "concat a.tar -o a.tar b.tar c.tar"),
        ("-xf a.tar -- -odd", "extract a.tar -- -odd"),
    ] {
        assert_eq!(line(gnu).as_deref(), Ok(ours), "{gnu}");
    }
}

#[test]
fn what_has_no_meaning_is_told_and_verbs_are_left_alone() {
    for (gnu, word) in [
        ("xtf a", "only one of"),
        ("xpf a", "--filter tar"),
        ("xPf a", "--filter trusted"),
        ("xwf a", "letter w"),
        ("xf", "after the letter f"),
        ("A b.tar", "after the letter f"),
        ("ls a", "bytewright tar list a"),
        ("Cargo.toml", "tar list Cargo.toml"),
    ] {
        let error = line(gnu).unwrap_err();
        assert!(error.contains(word), "{gnu}: {error}");
    }
    for ours in [
        "list a.tar",
        "extract",
        "creat a",
        "--help",
        "-h",
        "lst a",
        "-C d a",
        "--color never list a",
    ] {
        assert_eq!(line(ours), Err("none".to_owned()), "{ours}");
    }
}

#[test]
fn the_verbs_are_those_of_the_parser() {
    let mut command = Cli::command();
    command.build();
    let known = command.find_subcommand("tar").unwrap().get_subcommands();
    let mut known: Vec<&str> = known.map(clap::Command::get_name).collect();
    known.sort_unstable();
    let mut verbs = VERBS.to_vec();
    verbs.sort_unstable();
    assert_eq!(known, verbs);
}
