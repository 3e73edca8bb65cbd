import Runs
import Schedules
import Support
import Transfer

/// Sweep files, taken together, with the optima of their cells, and what to say of them.
struct TunedSweep {
  /// The files, for messages.
  let path: String

  /// All their runs.
  let sweep: Sweep

  /// The cells that show an optimum.
  let cells: [TunedCell]

  /// What to know about the files.
  let fileDiagnostics: [Diagnostic]

  private let untuned: [Sweep.UntunedCell]

  init(
    paths: [String], noise text: String?, known: RunSettings = RunSettings(),
    options: LogOptions = LogOptions()
  ) throws {
    let given = try text.map { try Arguments.positive($0, "--noise", example: "0.001") }
    path = paths.joined(separator: ", ")
    let progress = ProgressLine(isWanted: true)
    let folder = try SweepFolder(
      contentsOf: paths, known: known, options: options, noise: given
    ) { count in
      progress.show("file \(count)")
    }
    progress.end()
    if folder.logs == nil, known != RunSettings() {
      throw UsageError(
        "--schedule, --steps and --lr describe logs, and there are only tables; leave them out")
    }
    sweep = folder.sweep
    (cells, untuned) = sweep.tunedCells()
    fileDiagnostics = Self.diagnostics(of: folder) + (folder.logs?.diagnostics ?? [])
  }

  /// What to know about the files and all cells.
  var diagnostics: [Diagnostic] {
    fileDiagnostics
      + untuned.map { cell in
        Diagnostic(
          code: "no-optimum", message: "\(Self.name(of: cell.cell)): \(cell.reason), left out")
      }
      + sweep.cells.flatMap(Self.divergence) + cells.flatMap(Self.edge)
      + cells.filter { !$0.isAnnealed }.map { tuned in
        Diagnostic(
          code: "not-annealed",
          message:
            "\(Self.name(of: tuned.cell)) does not anneal to about zero: on real runs the bound is off by up to 2x there"
        )
      }
  }

  /// How far a run's final loss is off by chance, and how that is known.
  var noiseAssumption: String {
    let source: String
    switch sweep.noise.source {
    case .given: source = "given"
    case .replicates(let freedom):
      source = "from replicates near the best LRs, \(freedom) degrees of freedom"
    case .assumed: source = "that of a 124M model: the sweep has no replicates to measure it"
    }
    let noise = significant(sweep.noise.typical, 3)
    return "a run's final loss has a standard deviation of \(noise) nats (\(source))"
  }

  /// What the logs and tables were judged by, and which are left out.
  private static func diagnostics(of folder: SweepFolder) -> [Diagnostic] {
    var diagnostics = (folder.unread + (folder.logs?.unused ?? [])).map { unused in
      Diagnostic(
        code: "unused-log", message: "\(shownPath(unused.path)): \(unused.reason), left out")
    }
    diagnostics += folder.lossChoices.map { choice in
      let others = choice.others.map { printable($0) }.joined(separator: ", ")
      return Diagnostic(
        code: "several-losses",
        message:
          "\(shownPath(choice.path)): runs are judged by \(printable(choice.taken)), not by \(others)"
      )
    }
    if folder.logs?.judge == .loss {
      diagnostics.append(
        Diagnostic(
          code: "training-loss",
          message: "the runs are judged by their last training loss, which is of few batches"))
    }
    if folder.sweep.unfinished > 0 {
      diagnostics.append(
        Diagnostic(
          code: "no-loss",
          message: "rows of the sweep without a loss, left out: \(folder.sweep.unfinished)"))
    }
    return diagnostics
  }

  /// The learning rates at which a cell diverged.
  static func divergence(in cell: SweepCell) -> [Diagnostic] {
    guard !cell.diverged.isEmpty else { return [] }
    let rates = cell.diverged.map { significant($0) }.joined(separator: ", ")
    return [Diagnostic(code: "diverged", message: "\(name(of: cell)): diverged at LR \(rates)")]
  }

  /// An optimum at an end of what was swept.
  static func edge(of tuned: TunedCell) -> [Diagnostic] {
    guard tuned.optimum.position != .inside else { return [] }
    let side = tuned.optimum.position == .below ? "below" : "above"
    let rate = significant(tuned.optimum.baseLearningRate)
    return [
      Diagnostic(
        code: "optimum-outside-sweep",
        message:
          "\(name(of: tuned.cell)): the optimum lies \(side) the swept learning rates; \(rate) is used, sweep further"
      )
    ]
  }

  /// "wsd:cooldown=0.2 at 25,000 steps".
  static func name(of cell: SweepCell) -> String {
    "\(cell.spec.canonical) at \(grouped(cell.steps)) steps"
  }
}

extension TunedCell {
  /// What reports echo of a cell.
  var json: [String: JSONValue] {
    [
      "spec": .string(cell.spec.canonical), "steps": .integer(cell.steps),
      "optimum": .number(optimum.baseLearningRate),
      "interval": .array([
        .number(optimum.interval.lowerBound), .number(optimum.interval.upperBound),
      ]),
      "noise_sd": .number(optimum.noiseDeviation), "form_sd": .number(optimum.formDeviation),
      "forms": .array(
        optimum.estimates.map { estimate in
          var form: [String: JSONValue] = [
            "form": .string(estimate.form.rawValue), "weight": .number(estimate.weight),
          ]
          form["optimum"] = .optional(estimate.baseLearningRate)
          return .object(form)
        }),
    ]
  }
}
