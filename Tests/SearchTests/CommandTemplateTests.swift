import Search
import Support
import Testing

@Suite struct CommandTemplateTests {
  @Test(arguments: [
    "train {base_lr} {schedule_file}",
    "train --lr={base_lr} <{schedule_file} >{trial_dir}/log; echo ${HOME} {a,b} {1..3} {}",
    "awk '{print}' {schedule_file} {base_lr} {seed}", "{schedule_file}{base_lr}",
  ])
  func accepted(_ text: String) throws {
    let template = try CommandTemplate(text)
    #expect(template.text == text)
    #expect(template.uses(.seed) == text.contains("{seed}"))
  }

  @Test(arguments: [
    ("train {schedule_file}", "lacks {base_lr};"), ("train {base_lr}", "lacks {schedule_file};"),
    ("", "lacks {base_lr} and {schedule_file};"),
    ("train ${base_lr {schedule_file}", "lacks {base_lr};"),
    ("train {base-lr} {schedule_file}", "did you mean {base_lr}?"),
    ("train {base_lr} {schedule_file} {sed}", "unknown placeholder {sed}; did you mean {seed}?"),
    ("train {base_lr} {schedule}", "lacks {schedule_file};"),
    ("train {base_lr}\n{schedule_file}", "put it into a script"),
  ])
  func refused(_ text: String, _ piece: String) {
    let error = #expect(throws: InputError.self) { try CommandTemplate(text) }
    #expect(error?.description.contains(piece) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}
