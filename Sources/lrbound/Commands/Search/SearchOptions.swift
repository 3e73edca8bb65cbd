import ArgumentParser
import Glibc
import Numerics
import Schedules
import Search
import Support
import TheoryModel

/// What is searched: which families, on which workload, and how far.
struct SearchOptions: ParsableArguments {
  @Argument(
    help: "Families, for example tps cos-gen.",
    completion: .list(ShapeFamily.allCases.map(\.rawValue)), transform: Arguments.choice)
  var families: [ShapeFamily] = []

  @Option(
    "Number of optimiser steps, T; 100, of a --command none.", "t",
    transform: Arguments.count(in: 2...10_000_000))
  var steps: Int?

  @OptionGroup var workload: WorkloadOptions
  @OptionGroup var command: TrainingCommandOptions
  @OptionGroup var plan: PlanOptions

  @Flag(help: "Move each parameter of the best shape, to see whether it is about the best.")
  var check = false

  func validate() throws {
    if command.command != nil {
      if steps == nil {
        throw InputError.usage("--command: give the number of steps that it trains", "add --steps")
      }
      if let given = workload.firstGiven {
        throw InputError.usage("\(given) and --command exclude each other", "give one of them")
      }
      if plan.grid == nil {
        throw InputError.usage(
          "--command: give the base learning rates that are worth a try",
          "as in --grid 1e-4,1e-2,9")
      }
    } else if command.trialTimeout != nil {
      throw InputError.usage("--trial-timeout is for a training command", "add --command")
    }
  }

  /// The workload and the plan.
  ///
  /// - Parameters:
  ///   - state: the state folder, which a command needs.
  ///   - workingFolder: where a command runs; nil for the present folder.
  /// - Returns: the search.
  /// - Throws: `InputError` for what the workload or the plan refuses.
  func requested(state: String?, workingFolder: String? = nil) throws -> RequestedSearch {
    let steps = steps ?? 100
    let families = families.reduce(into: [ShapeFamily]()) { if !$0.contains($1) { $0.append($1) } }
    let workload: any Workload
    var rates: [Double] = []
    if let template = command.command {
      guard let state else {
        throw InputError.usage("--command: its trials need a folder", "add --state")
      }
      workload = try ExternalCommand(
        CommandTemplate(template), steps: steps, state: state,
        timeLimitSeconds: command.trialTimeout, workingFolder: workingFolder)
    } else {
      let builtIn = self.workload.workload ?? .linear
      workload = try builtIn.workload(steps: steps, settings: self.workload.settings)
      rates = builtIn.usualRates(steps: steps)
    }
    var plan = SearchPlan(rates: plan.grid ?? rates, isRandom: workload.isRandom)
    if !families.isEmpty { plan.families = families }
    try self.plan.apply(to: &plan, steps: steps)
    return RequestedSearch(workload: workload, plan: plan, isChecked: check)
  }
}

/// A search that the command line has described.
struct RequestedSearch {
  let workload: any Workload
  let plan: SearchPlan

  /// Whether the best shape's neighbours are tried.
  let isChecked: Bool

  /// Searches.
  ///
  /// - Parameters:
  ///   - projects: whether each family's nearest member to the optimum is wanted.
  ///   - evaluate: runs trials; nil stops the search.
  /// - Returns: the answer; nil where `evaluate` stops the search.
  /// - Throws: `InputError`, and what `evaluate` throws.
  func answer(
    projects: Bool = false, evaluate: ShapeSearch.Evaluation
  ) throws -> SearchAnswer? {
    let optimum = KnownOptimum(of: workload)
    if projects, optimum == nil {
      throw InputError.usage(
        "--project: the best learning rates of all are not known for \(workload.identity)",
        "take linear or bound, small batches and no weight decay")
    }
    return try SearchAnswer(
      plan, on: workload, optimum: optimum, isSwept: isChecked, isProjected: projects,
      evaluate: evaluate)
  }
}

/// What is trained, of the workloads that are built in.
struct WorkloadOptions: ParsableArguments {
  @Option(
    "\(BuiltInWorkload.allCases.map(\.rawValue).joined(separator: ", ")); linear.", "name",
    completion: .list(BuiltInWorkload.allCases.map(\.rawValue)), transform: Arguments.choice)
  var workload: BuiltInWorkload?

  @Option(
    "Points in a batch; 5 of 100 for linear, 8 for logistic.", "b",
    transform: Arguments.count(in: 1...1_000_000))
  var batch: Int?

  @Option(
    "Linear: isotropic (default) or aligned residuals.", "start", transform: Arguments.choice)
  var start: LinearRegression.Start?

  @Option(
    "Model: task exponent a, spectrum exponent b, label noise (σ² or a percentage), batch m; 3,1.5,1,1.",
    "a,b,noise,batch", transform: Arguments.modelTask)
  var task: ModelTask?

  @Option("Decoupled weight decay; 0.", "w", transform: Arguments.number(in: 0...1e3))
  var weightDecay: Double?

  /// The first option that is given, by its name.
  var firstGiven: String? {
    [
      ("--workload", workload != nil), ("--batch", batch != nil), ("--start", start != nil),
      ("--weight-decay", weightDecay != nil), ("--task", task != nil),
    ].first(where: \.1)?.0
  }

  /// What of it is not as usual.
  var settings: BuiltInWorkload.Settings {
    var settings = BuiltInWorkload.Settings()
    (settings.batch, settings.start) = (batch, start)
    (settings.task, settings.weightDecay) = (task, weightDecay)
    return settings
  }
}

/// A training command that is searched instead of a workload of lrbound's own.
struct TrainingCommandOptions: ParsableArguments {
  @Option(
    "A training command instead, with {base_lr} and {schedule_file} in it, and {trial_dir}, {seed}; one runs at a time unless --jobs says more.",
    "template")
  var command: String?

  @Option(
    "Seconds that a trial of the command may take; any time without it.", "s",
    transform: Arguments.count(in: 1...10_000_000))
  var trialTimeout: Int?
}

/// How far a search goes.
struct PlanOptions: ParsableArguments {
  @Option(
    "Shapes drawn from each family; 100.", "n", transform: Arguments.count(in: 1...1_000_000))
  var shapes: Int?

  @Option(
    "Base learning rates: first, last and how many, evenly in logarithms.", "lo,hi,n",
    transform: { text in
      let parts = try Arguments.list(of: { $0 })(text)
      guard parts.count == 3 else {
        throw InputError(
          problem: "give the first, the last and how many", hint: "as in 0.5,50,25")
      }
      let (lower, upper) = (
        try Arguments.learningRate(parts[0]), try Arguments.learningRate(parts[1])
      )
      guard lower < upper else {
        throw InputError(problem: "the first is not below the last", hint: "swap them")
      }
      return SearchPlan.grid(
        lower...upper, count: try Arguments.count(in: 2...10_000)(parts[2]))
    })
  var grid: [Double]?

  @Option(
    "Seeds of the first look at every shape; 3, or 1 where nothing is random.", "n",
    transform: Arguments.count(in: 1...100_000))
  var seeds: Int?

  @Option(
    "The best shapes of each family that are looked at again; 3.", "k",
    transform: Arguments.count(in: 1...100_000))
  var finalists: Int?

  @Option(
    "Fresh seeds of the second look; 10, or 1 where nothing is random.", "n",
    transform: Arguments.count(in: 1...100_000))
  var freshSeeds: Int?

  @Option(
    "How often the grid's spacing is halved around a finalist's best; 6.", "n",
    transform: Arguments.count(in: 0...40))
  var refine: Int?

  @Option(
    "Error of a median: normal (default), bootstrap or dkw.", "kind", transform: Arguments.choice)
  var error: SampleMedian.ErrorEstimate?

  @Option("What draws the shapes; 2603.", "n", transform: Arguments.count(in: 0...Int(Int32.max)))
  var samplingSeed: Int?

  /// Puts what was given into a plan.
  func apply(to plan: inout SearchPlan, steps: Int) throws {
    plan.shapes = shapes ?? plan.shapes
    plan.seeds = seeds ?? plan.seeds
    plan.finalists = finalists ?? plan.finalists
    plan.freshSeeds = freshSeeds ?? plan.freshSeeds
    plan.refinements = refine ?? plan.refinements
    plan.samplingSeed = samplingSeed ?? plan.samplingSeed
    if let error {
      guard plan.freshSeeds > 1 else {
        throw InputError.usage(
          "--error: a score of one seed has no error", "give more --fresh-seeds")
      }
      plan.errorEstimate = error
    }
    guard plan.fits(steps: steps) else {
      throw InputError.usage(
        "--shapes '\(plan.shapes)': \(grouped(plan.screeningTrials)) trials of \(grouped(steps)) steps are too many to hold",
        "give fewer shapes")
    }
  }
}

/// Where trials run and what is kept of them.
struct TrialOptions: ParsableArguments {
  @Option(
    "Trials that run at once; one a processor.", "n", transform: Arguments.count(in: 1...1024))
  var jobs: Int?

  @Option(
    "A folder that keeps finished trials, so that a search that was stopped goes on.", "folder",
    completion: .directory)
  var state: String?

  /// A runner of the workload.
  func runner(of workload: any Workload) throws -> TrialRunner {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let log = try state.map { try TrialLog(folder: $0, identity: workload.identity) }
    return TrialRunner(
      workload, jobs: jobs ?? (workload is ExternalCommand ? 1 : processors), log: log)
  }
}

/// How trials are handed to Slurm.
struct ArrayOptions: ParsableArguments {
  @Option(
    "Trials that one task runs, one after the other; 1.", "n",
    transform: Arguments.count(in: 1...1_000_000))
  var chunk: Int?

  @Option(
    "Tasks of one job array at most, below the cluster's MaxArraySize; 1000.", "n",
    transform: Arguments.count(in: 1...4_000_000))
  var maxArray: Int?

  @Option(
    "Tasks of an array that run at once; all without it.", "n",
    transform: Arguments.count(in: 1...4_000_000))
  var maxParallel: Int?

  @Option(
    repeated: "An option for sbatch, such as --time=2:00:00; may be repeated.", "option",
    transform: { $0 })
  var sbatch: [String] = []

  /// The options as the arrays take them.
  var array: SlurmArray {
    get throws {
      try SlurmArray(
        trialsPerTask: chunk ?? 1, tasksPerArray: maxArray ?? 1000, tasksAtOnce: maxParallel,
        options: sbatch)
    }
  }
}
