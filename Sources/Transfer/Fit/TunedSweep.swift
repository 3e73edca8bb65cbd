import Runs
import Schedules
import Support

/// A sweep with the optima of its cells.
public struct TunedSweep: Sendable {
  /// A cell that shows no optimum.
  public struct UntunedCell: Sendable {
    /// The runs.
    public let cell: SweepCell

    /// Why it shows no optimum, in a few words.
    public let reason: String
  }

  /// The files that hold the runs, for messages.
  public let path: String

  /// The runs.
  public let sweep: Sweep

  /// The cells that show an optimum, in sweep order.
  public let cells: [TunedCell]

  /// The cells that show none, in sweep order.
  public let untuned: [UntunedCell]

  /// Caveats about the files.
  public let fileDiagnostics: [Diagnostic]

  /// Tunes every cell; the path identifies the files in messages.
  public init(_ sweep: Sweep, path: String = "sweep", fileDiagnostics: [Diagnostic] = []) {
    self.path = path
    self.sweep = sweep
    self.fileDiagnostics = fileDiagnostics
    var cells: [TunedCell] = []
    var untuned: [UntunedCell] = []
    for cell in sweep.cells {
      do {
        let optimum: SweepOptimum
        do {
          optimum = try SweepOptimum(of: cell)
        } catch {
          untuned.append(UntunedCell(cell: cell, reason: error.problem))
          continue
        }
        cells.append(try TunedCell(of: cell, tunedTo: optimum))
      } catch {
        untuned.append(UntunedCell(cell: cell, reason: "\(error)"))
      }
    }
    (self.cells, self.untuned) = (cells, untuned)
  }

  /// Caveats about the files and all cells.
  public var diagnostics: [Diagnostic] {
    fileDiagnostics
      + untuned.map { untuned in
        Diagnostic(
          code: "no-optimum", message: "\(untuned.cell.name): \(untuned.reason), left out")
      }
      + sweep.cells.flatMap(\.divergence) + cells.flatMap(\.edge)
      + cells.filter { !$0.isAnnealed }.map { tuned in
        Diagnostic(
          code: "not-annealed",
          message:
            "\(tuned.cell.name) does not anneal to about zero; on real runs the bound is then off by up to 2x"
        )
      }
  }

  /// The noise of a run's final loss and its origin, in one sentence.
  public var noiseAssumption: String {
    let source: String
    switch sweep.noise.source {
    case .given: source = "given"
    case .replicates(let freedom):
      source = "from replicates near the best LRs, \(freedom) degrees of freedom"
    case .assumed: source = "measured on a 124M model, as the sweep has no replicates"
    }
    let noise = significant(sweep.noise.typical, 3)
    return "a run's final loss has a standard deviation of \(noise) nats (\(source))"
  }

  /// Returns the tuned cell of a schedule, such as the source of a transfer.
  ///
  /// A warmup is ignored if the sweep states none; nil `steps` or `batchTokens` require that the sweep has
  /// the schedule at one length, or batch, only. Throws `InputError`, of kind `contents` for a missing schedule or too few runs,
  /// `value` for several lengths, and `unanswerable` for losses without a minimum.
  public func cell(
    for spec: ScheduleSpec, steps: Int? = nil, batchTokens: Int? = nil
  ) throws -> TunedCell {
    let found = sweep.cells(for: spec, steps: steps, batchTokens: batchTokens)
    guard let cell = found.first else {
      let present = sweep.cells.map(\.name)
      let shown = present.prefix(6).joined(separator: ", ") + (present.count > 6 ? ", …" : "")
      let wanted =
        spec.canonical + (steps.map { " at \(grouped($0)) steps" } ?? "")
        + (batchTokens.map { " with batches of \(grouped($0)) tokens" } ?? "")
      throw InputError(path: path, problem: "no row is for \(wanted)", hint: "it has \(shown)")
    }
    guard found.count == 1 else {
      let isOneLength = Set(found.map(\.steps)).count == 1
      let choices = found.map { isOneLength ? $0.batchTokens ?? 0 : $0.steps }.map(String.init)
        .joined(separator: ", ")
      throw InputError(
        problem: isOneLength
          ? "the sweep has \(spec.canonical) with batches of \(choices) tokens"
          : "the sweep has \(spec.canonical) at \(choices) steps",
        hint: "say which is the source")
    }
    let optimum: SweepOptimum
    do {
      optimum = try SweepOptimum(of: cell)
    } catch {
      throw InputError(
        error.kind == .unanswerable ? .unanswerable : .contents, path,
        problem: "\(error.subject): \(error.problem)", hint: error.hint)
    }
    return try TunedCell(of: cell, tunedTo: optimum)
  }

  /// Returns the calibration of the tuned cells; throws `InputError` of kind `contents` if there is none.
  public func calibration() throws -> Calibration {
    do {
      return try Calibration(of: cells)
    } catch let error as InputError {
      throw error.inside(path: path)
    }
  }
}

extension SweepCell {
  var name: String {
    "\(spec.canonical) at \(grouped(steps)) steps"
      + (batchTokens.map { " of \(grouped($0)) tokens" } ?? "")
  }

  fileprivate var divergence: [Diagnostic] {
    guard !diverged.isEmpty else { return [] }
    let rates = diverged.map { significant($0) }.joined(separator: ", ")
    return [Diagnostic(code: "diverged", message: "\(name): diverged at LR \(rates)")]
  }
}

extension TunedCell {
  /// Caveats about the cell: divergence, and an optimum at an end of the sweep.
  public var diagnostics: [Diagnostic] { cell.divergence + edge }

  fileprivate var edge: [Diagnostic] {
    guard optimum.position != .inside else { return [] }
    let side = optimum.position == .below ? "below" : "above"
    let rate = significant(optimum.baseLearningRate)
    return [
      Diagnostic(
        code: "optimum-outside-sweep",
        message:
          "\(cell.name): the optimum lies \(side) the swept learning rates; \(rate) is used; extend the sweep"
      )
    ]
  }
}
