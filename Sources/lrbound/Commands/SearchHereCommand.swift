import ArgumentParser
import Glibc
import Schedules
import Search
import Tuning

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

  func validate() throws {
    if project || question.check, plot.output.format == .csv {
      throw ValidationError(
        "--csv has the families alone; leave out --project and --check, or take --json")
    }
  }

  func run() throws {
    let setup = try question.parsed(state: trials.state)
    let runner = try trials.runner(of: setup.workload)
    let progress = SearchProgress(setup, jobs: runner.jobs)
    if setup.workload is ExternalCommand {
      InterruptWatch.begin { signal in
        progress.end()
        printError("interrupted; finished trials are kept, and the same command goes on")
        _exit(128 + signal)
      }
    }
    var isFirst = true
    let found = try setup.report(projects: project) { trials in
      if isFirst { progress.announce() }
      // A command that cannot work shows it at once.
      let few = Array(trials.prefix(isFirst ? max(SearchSetup.pilotTrials, runner.jobs) : 0))
      isFirst = false
      let total = trials.count
      let pilot = try runner.outcomes(of: few) { progress.show($0, $1, of: total) }
      let failures = ShapeSearch.Tally(pilot)
      if let refusal = NoAnswer(done: failures.done, failed: failures.failed, failures.reason) {
        throw refusal
      }
      let rest = try runner.outcomes(of: Array(trials.dropFirst(few.count))) {
        progress.show(few.count + $0, $1, of: total)
      }
      return pilot + rest
    }
    progress.end()
    try plot.print(found.report) { found.chart }
  }
}
