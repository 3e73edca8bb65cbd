import Schedules
import Support

/// The sweep that logs of runs make: one run a log, with its schedule, length, base learning rate and
/// final loss.
public struct LoggedSweep: Sendable {
  /// A log that no run could be made of, and why.
  public struct Unused: Equatable, Sendable {
    /// The log's path.
    public let path: String

    /// Why, in a few words.
    public let reason: String
  }

  /// The runs, in the order of the logs.
  public private(set) var runs: [Sweep.Run] = []

  /// The logs that were left out.
  public private(set) var unused: [Unused] = []

  /// Which loss the runs are judged by; nil where none has one.
  public let judge: LogQuantity?

  /// What was chosen among several learning rates, and taken for granted: the codes
  /// `several-learning-rates` and `assumed-steps`.
  public let diagnostics: [Diagnostic]

  /// Makes a sweep of logs.
  ///
  /// What is given goes before what a log says of itself, and that before what its learning rates show;
  /// a run whose learning rates are not those of its schedule is left out. So is one
  /// that ended before its last step, unless its last loss is NaN or infinite: it diverged. All are
  /// judged by one kind of loss: the best that all finished runs have, else the one that most have.
  ///
  /// - Parameters:
  ///   - logs: of one run each.
  ///   - known: what is known of all of them.
  /// - Complexity: O(records).
  public init(of logs: [RunLog], known: RunSettings = RunSettings()) {
    var kept: [Candidate] = []
    for log in logs {
      switch Candidate.make(of: log, known: known) {
      case .success(let candidate): kept.append(candidate)
      case .failure(let obstacle): unused.append(Unused(path: log.path, reason: obstacle.reason))
      }
    }
    var diagnostics = kept.compactMap { candidate in
      candidate.log.mended.first { $0.kind == .severalLearningRates }.map {
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
            "\(shownPath(first.log.path))\(open.count > 1 ? " and \(open.count - 1) more" : ""): no number of steps is stated, so the last record is taken for the end of the run"
        ))
    }
    self.diagnostics = diagnostics
    let kinds: [LogQuantity] = [.finalValidationLoss, .validationLoss, .loss]
    let counts = kinds.map { kind in kept.count { $0.loss(kind) != nil } }
    let most = counts.max() ?? 0
    judge = most == 0 ? nil : zip(kinds, counts).first { $0.1 == most }?.0
    for candidate in kept {
      guard let judge, let loss = candidate.loss(judge) else {
        let reason =
          judge.map { "it has no \($0.name) at its last step, which the others are judged by" }
          ?? "it has no loss at its last step"
        unused.append(Unused(path: candidate.log.path, reason: reason))
        continue
      }
      runs.append(
        Sweep.Run(
          spec: candidate.spec, steps: candidate.steps,
          baseLearningRate: candidate.baseLearningRate, loss: loss))
    }
  }

  /// A log whose settings are known.
  private struct Candidate {
    struct Obstacle: Error { let reason: String }

    let log: RunLog
    let spec: ScheduleSpec
    let steps: Int
    let baseLearningRate: Double

    static func make(of log: RunLog, known: RunSettings) -> Result<Candidate, Obstacle> {
      func failure(_ reason: String) -> Result<Candidate, Obstacle> {
        .failure(Obstacle(reason: reason))
      }
      var settings = known.completed(by: log.settings)
      guard let last = log.steps.last else { return failure("it has no steps") }
      let countsFromZero = log.learningRate?.countsFromZero ?? false
      let steps = settings.steps ?? (countsFromZero ? last + 1 : last)
      guard (1...ScheduleSpec.mostSteps).contains(steps) else {
        return failure("its last step, \(last), is not a number of steps")
      }
      if settings.spec == nil || settings.baseLearningRate == nil {
        guard log.learningRate != nil else {
          return failure(
            "neither its schedule nor its learning rates are known; give --schedule and --lr")
        }
        settings = settings.completed(by: log.shownSettings(known: settings, steps: steps))
      }
      guard let spec = settings.spec, let rate = settings.baseLearningRate, rate > 0 else {
        return failure(
          "its learning rates belong to no known schedule, or to several; give --schedule and --lr")
      }
      guard let schedule = try? spec.schedule(steps: steps, baseLearningRate: rate) else {
        return failure("\(spec.text) cannot have \(steps) steps")
      }
      if let mismatch = log.mismatch(with: schedule, baseLearningRate: rate) {
        let expected =
          mismatch.expected.map { "its schedule has \($0)" } ?? "its schedule has ended"
        return failure(
          "at step \(mismatch.step) its learning rate is \(mismatch.found), but \(expected)")
      }
      let candidate = Candidate(log: log, spec: spec, steps: steps, baseLearningRate: rate)
      guard candidate.hasDiverged || log.reaches(steps, in: log.steps) else {
        return failure("it ends at step \(last) of \(steps)")
      }
      return .success(candidate)
    }

    /// Whether any of its losses ends as NaN or infinite.
    var hasDiverged: Bool {
      [LogQuantity.finalValidationLoss, .validationLoss, .loss]
        .contains { log.series[$0]?.values.last?.isFinite == false }
    }

    /// The loss of a kind at the last step; nil where there is none.
    func loss(_ kind: LogQuantity) -> Double? {
      if hasDiverged { return .nan }
      guard let series = log.series[kind], log.reaches(steps, in: series.steps) else { return nil }
      return series.values.last
    }
  }
}

extension RunLog {
  /// What the learning rates show of a run: its schedule, or of a schedule that is known its base learning
  /// rate.
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

  /// The first learning rate that is not a schedule's.
  fileprivate func mismatch(with schedule: Schedule, baseLearningRate: Double) -> ScheduleMismatch?
  {
    do {
      _ = try aligned(
        with: schedule, baseLearningRate: baseLearningRate, comparesWarmup: false)
      return nil
    } catch {
      return error
    }
  }

  /// Whether records go on to the last step, up to what they are apart.
  fileprivate func reaches(_ last: Int, in steps: [Int]) -> Bool {
    guard let end = steps.last else { return false }
    let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }.sorted()
    return last - end <= max(1, gaps.isEmpty ? 1 : gaps[gaps.count / 2])
  }
}
