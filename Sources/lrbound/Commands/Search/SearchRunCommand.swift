import ArgumentParser
import Glibc
import Search
import Support

/// `lrbound search`, or `lrbound search run`: the search with its trials on this machine.
struct SearchRunCommand: DrawingCommand {
  static let reportName = "search"
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Search with the trials on this machine.",
    discussion: """
        lrbound search tps cos-gen --workload logistic --steps 500 --state found

      The word run may be left out; lrbound search --help says what is searched, and how.
      """)

  @OptionGroup var search: SearchOptions
  @OptionGroup var trials: TrialOptions

  @Flag(help: "The member of each family that is nearest to the best learning rates of all.")
  var project = false

  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if project || search.check, output.format == .csv {
      throw InputError.usage(
        "--csv has the families alone", "leave out --project and --check, or take --json")
    }
  }

  func report() throws -> Report<SearchBody> {
    let requested = try search.requested(state: trials.state)
    let runner = try trials.runner(of: requested.workload)
    let progress = SearchProgress(requested, jobs: runner.jobs)
    defer { progress.end() }
    if requested.workload is ExternalCommand {
      InterruptWatch.begin { signal in
        progress.end()
        printError("interrupted; finished trials are kept, and the same command goes on")
        _exit(128 + signal)
      }
    }
    var isFirst = true
    let answer = try requested.answer(projects: project) { trials in
      if isFirst { progress.announce() }
      defer { isFirst = false }
      return try runner.outcomes(of: trials, isFirst: isFirst) {
        progress.show($0, $1, of: trials.count)
      }
    }
    guard let answer else { preconditionFailure("trials on this machine all have outcomes") }
    return SearchBody.report(answer)
  }
}
