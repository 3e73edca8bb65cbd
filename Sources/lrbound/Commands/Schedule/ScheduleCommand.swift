import ArgumentParser
import Schedules
import Support

/// `lrbound schedule`: what a spec, or another library's schedule, means; lint and export.
struct ScheduleCommand: ExportingCommand {
  static let reportName = "schedule"
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Show, lint and export a schedule: stretches, end points, sums, values.",
    discussion: """
        lrbound schedule wsd20:decay=1-sqrt,warmup=300 --steps 10000
        lrbound schedule cosine:min=0.1 --steps 10000 --csv > schedule.csv
        lrbound schedule @schedule.csv
        lrbound schedule cosine:min=0.1 --steps 10000 --plot schedule.svg
        lrbound schedule --dialect hf warmup_stable_decay --steps 10000 \\
          --kwargs '{"warmup_steps": 300, "num_decay_steps": 2000}'
        lrbound schedule --dialect megatron --config train.sh --strict
        lrbound schedule wsd20 --steps 10000 --lr 1e-3 --export torch > schedule.py

      A spec is name[percent][:key=value,…]:

      \(families)

      All take warmup=; those that decay take min= (a ratio of the peak) or min-lr= (a learning rate), with \
      floor=rescale or clamp. decay= is linear, 1-sqrt, cosine, exponential or square. Lengths are 0.2, 20%, \
      5000steps or, with --batch-tokens, 2Btokens. @file.csv holds one learning rate a step.

      With --dialect the schedule is read as that library runs it, step by step. Where a configuration \
      states the batch in tokens it is shown, and lengths in tokens or samples become steps; --batch-tokens \
      gives it where it is missing. --json lists lint findings; \
      with --strict the exit code is 1 where there are warnings or errors.
      """)

  /// The families with what they are, one a line.
  private static var families: String {
    let width = FamilyEntry.all.map(\.name.count).max() ?? 0
    return FamilyEntry.all.map { entry in
      "  " + entry.name + String(repeating: " ", count: width - entry.name.count + 2)
        + entry.summary
    }.joined(separator: "\n")
  }

  @Argument(
    help: "The schedule, for example wsd20 or @file.csv; with --dialect the scheduler's name.",
    completion: .schedules)
  var spec: String?

  @OptionGroup var length: RunLengthOptions

  @Option(
    "Base learning rate; needed for absolute floors, adds LRs to the CSV.", "lr",
    transform: Arguments.learningRate)
  var lr: Double?

  @OptionGroup var dialectOptions: DialectOptions

  @Flag(help: "Exit with code 1 where the lint has warnings or errors.")
  var strict = false

  @OptionGroup var exportOptions: ExportOptions

  func validate() throws {
    if dialectOptions.dialect == nil, spec == nil {
      throw InputError.usage(
        "SPEC: no schedule is given", "write for example lrbound schedule wsd20")
    }
    if dialectOptions.config != nil, spec != nil {
      throw InputError.usage(
        "--config has the scheduler and its parameters", "leave SPEC and --kwargs out")
    }
  }

  func report() throws -> Report<ScheduleBody> { try ScheduleBody.report(named()) }

  func run() throws {
    let named = try named()
    if plot.isWanted { Progress.announcePasses(2, steps: named.schedule.steps) }
    try print(ScheduleBody.report(named))
    if exportForm != nil || output.format == .csv, output.format != .json {
      // What has taken the place of the table has no room for them.
      for finding in named.findings {
        printError("\(finding.severity.rawValue): \(finding.code): \(finding.message)")
      }
    }
    let faults = named.findings.filter { $0.severity != .information }.map(\.code)
    if strict, !faults.isEmpty {
      throw FailedCheck(
        reason: "--strict: \(named.title): \(faults.joined(separator: ", ")); fix the schedule")
    }
  }

  /// The schedule, from the grammar, a file or another library.
  private func named() throws -> NamedSchedule {
    if let named = try dialectOptions.read(name: spec, length: length, learningRate: lr) {
      return named
    }
    let schedule = try Arguments.schedule(spec ?? "")
    return try NamedSchedule(schedule.run(length.read(for: schedule)), learningRate: lr)
  }
}
