import ArgumentParser
import Glibc
import Numerics
import Schedules
import Search
import Support
import Tuning

/// How far a search goes.
struct SearchOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Shapes drawn from each family; 100.", valueName: "n"))
  var shapes: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Base learning rates: first, last and how many, evenly in logarithms.", valueName: "lo,hi,n"))
  var grid: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Seeds of the first look at every shape; 3, or 1 where nothing is random.", valueName: "n"))
  var seeds: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The best shapes of each family that are looked at again; 3.", valueName: "k"))
  var finalists: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Fresh seeds of the second look; 10, or 1 where nothing is random.", valueName: "n"))
  var freshSeeds: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "How often the grid's spacing is halved around a finalist's best; 6.", valueName: "n"))
  var refine: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Error of a median: normal (default), bootstrap or dkw.", valueName: "kind"))
  var error: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("What draws the shapes; 2603.", valueName: "n"))
  var samplingSeed: String?

  /// The plan for a workload; a grid must be given where none is usual.
  func plan(
    families: [ShapeFamily], workload: any Workload,
    usualRates usual: (range: ClosedRange<Double>, count: Int)?
  ) throws -> SearchPlan {
    var plan = SearchPlan(rates: try rates(usual: usual))
    plan.families = families
    func count(_ text: String?, _ option: String, in range: ClosedRange<Int>, usual: Int) throws
      -> Int
    {
      try text.map { try Arguments.count($0, option, in: range) } ?? usual
    }
    plan.shapes = try count(shapes, "--shapes", in: 1...1_000_000, usual: 100)
    plan.seeds = try count(seeds, "--seeds", in: 1...100_000, usual: workload.isRandom ? 3 : 1)
    plan.finalists = try count(finalists, "--finalists", in: 1...100_000, usual: 3)
    plan.freshSeeds = try count(
      freshSeeds, "--fresh-seeds", in: 1...100_000, usual: workload.isRandom ? 10 : 1)
    plan.refinements = try count(refine, "--refine", in: 0...40, usual: 6)
    plan.samplingSeed = try count(
      samplingSeed, "--sampling-seed", in: 0...Int(Int32.max), usual: 2603)
    if let error {
      guard let estimate = SampleMedian.ErrorEstimate(rawValue: error.lowercased()) else {
        throw UsageError("--error '\(printable(error))': give normal, bootstrap or dkw")
      }
      guard plan.freshSeeds > 1 else {
        throw UsageError("--error: a score of one seed has no error; give more --fresh-seeds")
      }
      plan.errorEstimate = estimate
    }
    let most = 20_000_000
    guard plan.screeningTrials <= most,
      plan.shapes * plan.families.count <= 200_000_000 / workload.steps
    else {
      throw UsageError(
        "--shapes '\(plan.shapes)': \(grouped(plan.screeningTrials)) trials of \(grouped(workload.steps)) steps are too many to hold; give fewer shapes"
      )
    }
    return plan
  }

  private func rates(usual: (range: ClosedRange<Double>, count: Int)?) throws -> [Double] {
    guard let grid else {
      guard let usual else {
        throw UsageError(
          "--command: give the base learning rates that are worth a try, as in --grid 1e-4,1e-2,9")
      }
      return SearchPlan.grid(usual.range, count: usual.count)
    }
    let parts = try Arguments.list(grid, "--grid")
    guard parts.count == 3 else {
      throw UsageError(
        "--grid '\(printable(grid))': give the first, the last and how many, as in 0.5,50,25")
    }
    let lower = try Arguments.learningRate(parts[0], "--grid")
    let upper = try Arguments.learningRate(parts[1], "--grid")
    let count = try Arguments.count(parts[2], "--grid", in: 2...10_000)
    guard lower < upper else {
      throw UsageError("--grid '\(printable(grid))': the first is not below the last; swap them")
    }
    return SearchPlan.grid(lower...upper, count: count)
  }
}

/// Where trials run and what is kept of them.
struct TrialOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Trials that run at once; one a processor.", valueName: "n"))
  var jobs: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A folder that keeps finished trials, so that a search that was stopped goes on.",
      valueName: "folder"), completion: .directory)
  var state: String?

  /// A runner of the workload.
  func runner(of workload: any Workload) throws -> TrialRunner {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let usual = workload is ExternalCommand ? 1 : processors
    let count = try jobs.map { try Arguments.count($0, "--jobs", in: 1...1024) } ?? usual
    let log = try state.map { try TrialLog(folder: $0, identity: workload.identity) }
    return TrialRunner(workload, jobs: count, log: log)
  }
}
