import Schedules
import Support

/// The runs of a sweep, read from one log each.
public struct LoggedSweep: Sendable {
  /// A log that was not used, and why.
  public struct Unused: Equatable, Sendable {
    /// The log's path.
    public let path: String

    /// The reason, in a few words.
    public let reason: String
  }

  /// The runs, in the order of the logs.
  public private(set) var runs: [Sweep.Run] = []

  /// The logs that were not used.
  public private(set) var unused: [Unused] = []

  /// The kind of loss that judges the runs; nil if no run has one.
  public let judge: LogQuantity?

  /// Choices and assumptions: the codes `several-learning-rates` and `assumed-steps`.
  public let diagnostics: [Diagnostic]

  /// Creates a sweep from logs.
  ///
  /// `known` settings precede the log's own, which precede those recognised from its learning rates. A
  /// run is dropped if its learning rates contradict its schedule, or if it ended early without diverging
  /// (a last loss that is NaN or infinite). One kind of loss judges all runs: the best that all finished
  /// runs have, else the one that most have.
  public init(of logs: [RunLog], known: RunSettings = RunSettings()) {
    var kept: [Candidate] = []
    for log in logs {
      do throws(InputError) {
        kept.append(try Candidate(log, known: known))
      } catch {
        unused.append(Unused(path: log.path, reason: error.problem))
      }
    }
    var diagnostics = kept.compactMap { candidate in
      candidate.log.repairs.first { $0.kind == .severalLearningRates }.map {
        Diagnostic(
          code: $0.kind.rawValue, message: "\(shownPath(candidate.log.path)): \($0.message)")
      }
    }
    let open = kept.filter { known.steps == nil && $0.log.settings?.steps == nil }
    if let first = open.first {
      diagnostics.append(
        Diagnostic(
          code: "assumed-steps",
          message:
            "\(shownPath(first.log.path))\(open.count > 1 ? " and \(open.count - 1) more" : ""): the number of steps is unknown; assuming that the run ended at its last record"
        ))
    }
    self.diagnostics = diagnostics
    let kinds = LogQuantity.judges
    let counts = kinds.map { kind in kept.count { $0.loss(kind) != nil } }
    let most = counts.max() ?? 0
    judge = most == 0 ? nil : zip(kinds, counts).first { $0.1 == most }?.0
    for candidate in kept {
      guard let judge, let loss = candidate.loss(judge) else {
        let reason =
          judge.map { "it has no \($0.name) at its last step, by which the other runs are judged" }
          ?? "it has no loss at its last step"
        unused.append(Unused(path: candidate.log.path, reason: reason))
        continue
      }
      runs.append(
        Sweep.Run(
          spec: candidate.spec, steps: candidate.steps, batchTokens: candidate.batchTokens,
          baseLearningRate: candidate.baseLearningRate, loss: loss))
    }
  }

  private struct Candidate {
    let log: RunLog
    let spec: ScheduleSpec
    let steps: Int
    let batchTokens: Int?
    let baseLearningRate: Double

    /// Throws `InputError` with the reason why the log gives no run.
    init(_ log: RunLog, known: RunSettings) throws(InputError) {
      func failure(_ problem: String) -> InputError {
        InputError(path: log.path, problem: problem, hint: "leave it out, or give its settings")
      }
      var settings = known.completed(by: log.settings)
      guard let last = log.steps.last else { throw failure("it has no steps") }
      let countsFromZero = log.learningRate?.countsFromZero ?? false
      steps = settings.steps ?? (countsFromZero ? last + 1 : last)
      guard (1...ScheduleSpec.mostSteps).contains(steps) else {
        throw failure("its last step, \(last), is not a number of steps")
      }
      if settings.spec == nil || settings.baseLearningRate == nil {
        guard log.learningRate != nil else {
          throw failure(
            "neither its schedule nor its learning rates are known; give its schedule and base learning rate"
          )
        }
        settings = settings.completed(by: log.shownSettings(known: settings, steps: steps))
      }
      guard let spec = settings.spec, let rate = settings.baseLearningRate, rate > 0 else {
        throw failure(
          "its learning rates match no known schedule, or several; give its schedule and base learning rate"
        )
      }
      guard let schedule = try? spec.schedule(steps: steps, baseLearningRate: rate) else {
        throw failure("\(spec.text) cannot have \(steps) steps")
      }
      let alignment = log.alignment(with: schedule, baseLearningRate: rate, comparesWarmup: false)
      if let mismatch = alignment.mismatch {
        let expected =
          mismatch.expected.map { "its schedule has \($0)" } ?? "its schedule has ended"
        throw failure(
          "at step \(mismatch.step) its learning rate is \(mismatch.found), but \(expected)")
      }
      (self.log, self.spec, baseLearningRate) = (log, spec, rate)
      batchTokens = settings.batchTokens
      guard hasDiverged || log.reaches(steps, in: log.steps) else {
        throw failure("it ends at step \(last) of \(steps)")
      }
    }

    var hasDiverged: Bool {
      LogQuantity.judges.contains { log.series[$0]?.values.last?.isFinite == false }
    }

    func loss(_ kind: LogQuantity) -> Double? {
      if hasDiverged { return .nan }
      guard let series = log.series[kind], log.reaches(steps, in: series.steps) else { return nil }
      return series.values.last
    }
  }
}

extension RunLog {
  /// The schedule or, if known, the base learning rate that the learning rates show.
  fileprivate func shownSettings(known: RunSettings, steps: Int) -> RunSettings? {
    guard let spec = known.spec else {
      return RecognisedSchedule(in: self, steps: steps, baseLearningRate: known.baseLearningRate)
        .map { RunSettings(spec: $0.spec, baseLearningRate: $0.baseLearningRate) }
    }
    let schedule = try? spec.schedule(steps: steps)
    return RunSettings(
      baseLearningRate: schedule.flatMap {
        matchingBaseLearningRate(for: $0, timing: nil, comparesWarmup: false)
      })
  }

  fileprivate func reaches(_ last: Int, in steps: [Int]) -> Bool {
    guard let end = steps.last else { return false }
    let gaps = gaps(between: steps)
    return last - end <= max(1, gaps.isEmpty ? 1 : gaps[gaps.count / 2])
  }
}
