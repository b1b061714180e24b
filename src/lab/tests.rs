//! What an author is told: one mistake put in a lab that is right, and the message, word for word.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

use super::{Lab, Problem, advice};
use crate::i18n::{Arg, Lang};

/// The files of the lab that is right.
pub(super) fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs/2023-07/atelier");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

fn read(files: BTreeMap<String, String>) -> Result<Lab, Vec<Problem>> {
    Lab::read("atelier", files, Some(PathBuf::from("atelier")))
}

/// The lab with one text of one file replaced, which must be there.
fn changed(file: &str, from: &str, to: &str) -> BTreeMap<String, String> {
    let mut files = files();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    files
}

fn told(problems: &[Problem], lang: Lang) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    let mut text = String::new();
    for problem in problems {
        let problem = without_growing_list(problem);
        handler.render_report(&mut text, problem.report(lang).as_ref()).unwrap();
        text.push('\n');
    }
    text
}

/// The fields of a family grow with the program: their list is no part of what is pinned.
fn without_growing_list(problem: &Problem) -> Problem {
    let mut problem = problem.clone();
    if let Some(list) = problem.help.as_mut().and_then(|help| help.args.get_mut("list"))
        && matches!(list, Arg::Text(words) if words.starts_with("exists, kind"))
    {
        *list = "exists, kind, …".into();
    }
    problem
}

#[test]
fn the_lab_is_right_before_it_is_broken() {
    let lab = read(files()).unwrap();
    assert!(advice(&lab).is_empty(), "{}", told(&advice(&lab), Lang::Fr));
}

/// Each line is a test: its name, the file, what is replaced, by what.
macro_rules! mistakes {
    ($($name:ident: $file:literal, $from:literal => $to:literal;)*) => {$(
        #[test]
        fn $name() {
            let problems = read(changed($file, $from, $to)).unwrap_err();
            insta::assert_snapshot!(told(&problems, Lang::Fr));
        }
    )*};
}

mistakes! {
    broken_toml: "lab.toml", "level       = 1" => "level       = = 1";
    unknown_key: "lab.toml", "competence  =" => "competance  =";
    unknown_key_in_a_criterion: "lab.toml", "needs       = [\"name\"]" => "need = [\"name\"]";
    unknown_key_in_a_probe: "lab.toml", "run = [\"getent\"" => "rum = [\"getent\"";
    unknown_word: "lab.toml", "channel     = \"phone\"" => "channel     = \"fone\"";
    unknown_draw: "lab.toml", "{ person = true }" => "{ persona = true }";
    two_draws_in_one: "lab.toml", "{ person = true }" => "{ person = true, password = 9 }";
    wrong_type: "lab.toml", "points      = 4" => "points      = \"4\"";
    wrong_type_of_an_optional_value: "lab.toml", "machine     = \"poste\"" => "machine     = 3";
    a_date_for_a_text: "lab.toml", "duration    = \"20min\"" => "duration    = 2026-01-31";
    missing_key: "lab.toml", "points      = 4\n" => "";
    one_language: "lab.toml", ", en = \"The alias too\"" => "";
    negative_points: "lab.toml", "points      = 4" => "points      = -4";
    too_many_bounds: "lab.toml", "between = [1, 9]" => "between = [1, 5, 9]";
    upside_down_bounds: "lab.toml", "between = [1, 9]" => "between = [9, 1]";
    wrong_subnet: "lab.toml", "10.{20..250}" => "10.{20..350}";
    wrong_variable: "lab.toml", "rank        =" => "Rank-2 =";
    short_password: "lab.toml", "password = 12" => "password = 4";
    unknown_format: "lab.toml", "format      = 1" => "format      = 2";
    id_that_is_not_the_folder: "lab.toml", "\"atelier\"\ntitle" => "\"autre\"\ntitle";
    id_with_capitals: "lab.toml", "\"atelier\"\ntitle" => "\"Atelier 1\"\ntitle";
    unknown_competence: "lab.toml", "= \"2023-07\"" => "= \"2023-70\"";
    unknown_skill: "lab.toml", "2018-05-s07" => "2018-05-s77";
    unknown_skill_observed: "lab.toml", "skill       = \"2023-07-s02\"" => "skill       = \"2032-07-s02\"";
    wrong_level: "lab.toml", "level       = 1" => "level       = 4";
    wrong_duration: "lab.toml", "\"20min\"" => "\"20 minutes\"";
    wrong_delay: "lab.toml", "resolve = \"4h\"" => "resolve = \"4 hour\"";
    empty_text: "lab.toml", "The alias too" => " ";
    undefined_variable: "lab.toml", "L'alias aussi" => "L'alias de {{ agence }} aussi";
    undefined_variable_in_a_brief: "brief.fr.md", "{{ requester.first }}" => "{{ requestor.first }}";
    undefined_attribute: "brief.fr.md", "requester.first" => "requester.name";
    undefined_variable_in_a_branch_not_taken: "proof/size.sh", "stat" => "{% if seed == 0 %}{{ lam }}{% endif %} stat";
    template_in_a_script: "setup/srv.sh", "{% raw %}" => "";
    comment_sign_in_a_script: "proof/size.sh", "stat" => "test ${#name}; stat";
    address_outside_the_network: "proof/sed.sh", "lan.host(1)" => "lan.host(300)";
    wrong_addresses: "lab.toml", "poste = \"unconfigured\"" => "poste = \"10.0.0.1\"";
    unknown_machine_on_a_network: "lab.toml", "poste = \"unconfigured\"" => "postes = \"unconfigured\"";
    unknown_gateway: "lab.toml", "gateway     = \"srv\"" => "gateway     = \"box\"";
    port_of_a_machine_that_is_not_there: "lab.toml", "gateway     = \"srv\"" => "port = { post = { vlan = \"10\" } }";
    wrong_vlan: "lab.toml", "gateway     = \"srv\"" => "port = { poste = { vlan = \"10 20\" } }";
    address_on_a_vlan_that_is_not_tagged: "lab.toml", "poste = \"unconfigured\"" => "poste = \"10.0.10.2/24@10\"";
    wrong_qualities_of_a_network: "lab.toml", "gateway     = \"srv\"" => "rate = \"2Mb\"\ndelay = \"80\"\nloss = \"5\"\nmtu = 600";
    same_address_twice: "lab.toml", "poste = \"unconfigured\"" => "poste = \"{{ lan.host(1) }}/24\"";
    wrong_route: "lab.toml", "[[stand.network]]" => "routes = [\"10.1.0.0/24 by srv\"]\n[[stand.network]]";
    announced_by_nobody: "lab.toml", "gateway     = \"srv\"" => "advertise = true";
    announced_by_a_machine_that_is_no_router: "lab.toml", "gateway     = \"srv\"" => "gateway = \"srv\"\nadvertise = true";
    wrong_internet: "lab.toml", "[stand]" => "[stand]\ninternet = { network = \"wan\", address = \"203.0.113.1\", names = [\"www_1.example\"] }";
    unknown_machine_of_a_disk: "lab.toml", "machine     = \"srv\"\nname        = \"sdb\"" => "machine     = \"serv\"\nname        = \"sdb\"";
    disk_at_the_default_level: "lab.toml", "isolation   = \"privileged\"\n" => "";
    unknown_isolation: "lab.toml", "\"privileged\"" => "\"none\"";
    wrong_disk: "lab.toml", "\"sdb\"" => "\"hdb\"";
    wrong_size: "lab.toml", "\"1GiB\"" => "\"1 gigot\"";
    unit_without_systemd: "lab.toml", "name        = \"poste\"" => "name        = \"poste\"\ninit = \"none\"\nenable = [\"ssh.service\"]";
    wrong_package: "lab.toml", "name        = \"poste\"" => "name        = \"poste\"\npackages = [\"gnumeric\", \"Apache 2\"]";
    machine_twice: "lab.toml", "name        = \"poste\"" => "name        = \"srv\"";
    machines_on_this_pc: "lab.toml", "[stand]" => "[stand]\ndriver = \"here\"";
    unknown_machine_of_a_setup: "lab.toml", "machine     = \"srv\"\nrun" => "machine     = \"server\"\nrun";
    missing_script: "lab.toml", "setup/srv.sh" => "setup/serv.sh";
    unknown_machine_of_a_criterion: "lab.toml", "machine     = \"poste\"" => "machine     = \"post\"";
    unknown_machine_in_a_branch: "lab.toml", "{ probe = { file = { path = \"/etc/hosts\" } }, expect = { lines" => "{ machine = \"x\", probe = { file = { path = \"/etc/hosts\" } }, expect = { lines";
    unknown_need: "lab.toml", "needs       = [\"name\"]" => "needs       = [\"names\"]";
    circle_of_needs: "lab.toml", "points      = 4" => "points      = 4\nneeds = [\"alias\"]";
    id_twice: "lab.toml", "id          = \"alias\"" => "id          = \"name\"";
    unknown_field: "lab.toml", "mode = \"0644\"" => "mod = \"0644\"";
    wrong_value_of_a_field: "lab.toml", "mode = \"0644\"" => "mode = \"rw-r--r--\"";
    unknown_matcher: "lab.toml", "any = { contains" => "any = { contain";
    unknown_list_matcher: "lab.toml", "lines = { any" => "lines = { anny";
    empty_expectation: "lab.toml", "expect      = { exists = true }" => "expect      = { }";
    criterion_without_probe: "lab.toml", "guard       = true\nprobe       = { file = { path = \"/etc/hosts\" } }\nexpect      = { exists = true }" => "guard = true";
    unknown_field_of_an_answer: "lab.toml", "field = \"size\"" => "field = \"sise\"";
    unknown_criterion_of_a_hint: "lab.toml", "criterion = \"name\"" => "criterion = \"nom\"";
    unknown_field_in_a_hint: "lab.toml", "found = { exists" => "found = { exist";
    unknown_machine_of_a_solution: "lab.toml", "run         = { srv = \"proof/sed.sh\" }" => "run         = { serveur = \"proof/sed.sh\" }";
    unknown_question_of_a_solution: "lab.toml", "answer      = { size = \"proof/size.sh\" }" => "answer      = { taille = \"proof/size.sh\" }";
    unknown_solution_of_a_sabotage: "lab.toml", "name        = \"wrong address\"" => "name        = \"wrong address\"\nafter = \"seb\"";
    unknown_criterion_of_a_sabotage: "lab.toml", "breaks      = [\"name\"]" => "breaks      = [\"nam\"]";
    sabotage_that_breaks_nothing: "lab.toml", "breaks      = [\"name\"]" => "breaks      = []";
}

/// The list of families grows: only the beginning of the message is pinned.
#[test]
fn unknown_family() {
    let problems = read(changed("lab.toml", "probe       = { file =", "probe       = { fil =")).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(Lang::Fr.say(&problems[0].message), "«\u{202f}fil\u{202f}» n'est pas admis ici");
    let help = Lang::Fr.say(problems[0].help.as_ref().unwrap());
    assert!(help.starts_with("vouliez-vous dire «\u{202f}file\u{202f}»"), "{help}");
    assert!(help.contains("command"), "{help}");
    assert_eq!(problems[0].line(), Some(47));
}

#[test]
fn a_brief_that_is_missing() {
    let mut files = files();
    files.remove("brief.en.md");
    insta::assert_snapshot!(told(&read(files).unwrap_err(), Lang::Fr));
}

#[test]
fn every_problem_is_told_at_once_in_the_order_of_the_file() {
    let mut files = changed("lab.toml", "level       = 1", "level       = 9\ncolour = \"red\"");
    let text = files.get_mut("lab.toml").unwrap();
    *text = text
        .replace("\"setup/srv.sh\"", "\"setup/nothing.sh\"")
        .replace("breaks      = [\"name\"]", "breaks = [\"nam\"]");
    *text = text.replace("guard       = true", "guard       = \"yes\"").replace("channel     =", "chanel =");
    insta::assert_snapshot!("together_fr", told(&read(files.clone()).unwrap_err(), Lang::Fr));
    insta::assert_snapshot!("together_en", told(&read(files).unwrap_err(), Lang::En));
}

#[test]
fn a_problem_is_an_error_with_its_line() {
    let problems = read(changed("lab.toml", "level       = 1", "level       = 9")).unwrap_err();
    let text = problems[0].to_string();
    assert_eq!(text, "atelier/lab.toml:6: there is no level 9: 1 (first steps), 2 (practice) or 3 (exam)");
}

mod notes {
    use super::*;

    fn told_of(files: BTreeMap<String, String>) -> String {
        told(&advice(&read(files).unwrap()), Lang::Fr)
    }

    #[test]
    fn a_criterion_that_no_sabotage_breaks() {
        insta::assert_snapshot!(told_of(changed("lab.toml", "[\"alias\", \"intact\", \"size\"]", "[\"alias\"]")));
    }

    #[test]
    fn one_solution_only() {
        let solution = "[[solution]]\nname        = \"editor\"\nrun         = { srv = \"proof/editor.sh\" }\nanswer      = { size = \"proof/size.sh\" }\n";
        insta::assert_snapshot!(told_of(changed("lab.toml", solution, "")));
    }

    #[test]
    fn a_hint_with_the_literal_command() {
        let files = changed("lab.toml", "Le fichier a disparu.", "Tapez : stat -c %s /etc/hosts");
        insta::assert_snapshot!(told_of(files));
    }

    #[test]
    fn no_skill() {
        insta::assert_snapshot!(told_of(changed("lab.toml", "[\"2023-07-s07\", \"2018-05-s07\"]", "[]")));
    }

    #[test]
    fn a_text_left_in_one_language() {
        let files = changed("lab.toml", "How long is the file?", "Quelle est la taille du fichier ?");
        insta::assert_snapshot!(told_of(files));
    }

    #[test]
    fn a_file_that_nothing_uses() {
        let mut files = files();
        files.insert("proof/old.sh".to_owned(), "true".to_owned());
        insta::assert_snapshot!(told_of(files));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever an editor did to the file: an answer, never a panic; and its places can be shown.
    #[test]
    fn no_mutation_makes_the_reading_panic(at: prop::sample::Index, length in 0_usize..40, put in "[\\[\\]{}\"=.a-z0-9 \n%#-]{0,12}") {
        let mut files = files();
        let text = files.get_mut("lab.toml").unwrap();
        let floor = |mut byte: usize| { while !text.is_char_boundary(byte) { byte -= 1; } byte };
        let start = floor(at.index(text.len()));
        let end = floor((start + length).min(text.len())).max(start);
        text.replace_range(start..end, &put);
        if let Err(problems) = read(files) {
            prop_assert!(!problems.is_empty());
            told(&problems, Lang::Fr);
        }
    }

    /// The same for keys and values swapped as wholes, which gets further than broken syntax.
    #[test]
    fn no_line_moved_makes_the_reading_panic(from: prop::sample::Index, to: prop::sample::Index) {
        let mut files = files();
        let text = files.get_mut("lab.toml").unwrap();
        let mut lines: Vec<_> = text.lines().collect();
        let line = lines.remove(from.index(lines.len()));
        lines.insert(to.index(lines.len()), line);
        *text = lines.join("\n");
        if let Err(problems) = read(files) {
            told(&problems, Lang::En);
        }
    }
}
