import ArgumentParser
import Glibc
import Schedules
import Tuning
import Workloads

/// `lrbound search`, or `lrbound search run`: the search with its trials on this machine.
struct SearchHereCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Search with the trials on this machine.",
    discussion: """
        lrbound search tps cos-gen --workload logistic --steps 500 --state found

      The word run may be left out; lrbound search --help says what is searched, and how.
      """)

  @OptionGroup var question: SearchQuestion
  @OptionGroup var trials: TrialOptions

  @Flag(
    name: .long,
    help: "The member of each family that is nearest to the best learning rates of all.")
  var project = false

  @OptionGroup var plot: PlotOptions

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
    let found = try setup.report(projects: project) { trials in
      let total = grouped(trials.count)
      return try runner.outcomes(of: trials) { line.show("\(grouped($0)) of \(total) trials") }
    }
    line.end()
    try plot.print(found.report) { found.chart }
  }
}
