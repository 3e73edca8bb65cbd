import ArgumentParser
import Glibc
import Schedules
import Tuning
import Workloads

/// `lrbound search`: the best shape of each family on a workload.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The best shape of a schedule, family by family, on a workload.",
    discussion: """
        lrbound search --shapes 300
        lrbound search tps cos-gen --workload logistic --steps 500 --state found
        lrbound search rex-gen --start aligned --check --project

      Every shape is tried at every base learning rate of a grid; its score is the least median loss over \
      seeds. The best of each family are looked at again on fresh seeds, at base learning rates refined around \
      the best. Families: \(ShapeFamily.allCases.map(\.rawValue).joined(separator: ", ")); without one, the \
      eight of 2603.10301.

      Workloads: linear regression by its expected-loss recursion (linear), exactly for one kernel \
      (linear-exact) or by SGD itself (linear-sgd); logistic regression by SGD on 569 diagnoses (logistic) or \
      made-up points (logistic-synthetic); the last-iterate bound (bound).

      A training command of your own is searched with --command, here or, by search emit and search collect, \
      on Slurm. It finds its learning rates in {schedule_file} (CSV: step, multiplier, lr), and writes \
      result.json beside it: {"loss": 3.21, "status": "ok"}, or the status diverged or failed.

        lrbound search tps --steps 500 --grid 1e-3,1e-1,5 --state found --jobs 2 \\
          --command 'python train.py {base_lr} {schedule_file} {seed}'

      The base LR goes with a schedule whose peak is 1, as lrbound schedule prints it. A search that was \
      stopped, or killed, goes on with the same command where --state keeps its trials.
      """,
    subcommands: [SearchEmitCommand.self, SearchCollectCommand.self])

  @OptionGroup var question: SearchQuestion
  @OptionGroup var trials: TrialOptions

  @Flag(
    name: .long,
    help: "The member of each family that is nearest to the best learning rates of all.")
  var project = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let setup = try question.parsed(state: trials.state)
    let runner = try trials.runner(of: setup.workload)
    let line = ProgressLine(isWanted: true)
    if setup.workload is ExternalCommand {
      InterruptWatch.begin { signal in
        line.end()
        printError("interrupted; finished trials are kept, and the same command goes on")
        _exit(128 + signal)
      }
    }
    let report = try setup.report(projects: project) { trials in
      let total = grouped(trials.count)
      return try runner.outcomes(of: trials) { line.show("\(grouped($0)) of \(total) trials") }
    }
    line.end()
    try report.print(as: output.format)
  }
}
