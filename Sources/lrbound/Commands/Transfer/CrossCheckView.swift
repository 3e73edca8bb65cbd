import Glibc
import Runs
import Support
import TheoryModel

/// How a cross-check is shown beside an answer.
struct CrossCheckView {
  private let check: CrossCheck
  private let bound: CrossCheckVerdict
  private let answer: CrossCheckVerdict
  /// A cross-check with its verdicts on the bound's ratio and on that of the answer, γ_to/γ_from.
  init(_ check: CrossCheck, boundRatio: Double, answerRatio: Double) {
    self.check = check
    bound = check.verdict(on: boundRatio)
    answer = check.verdict(on: answerRatio)
  }

  // MARK: - Text

  /// Rows for the table of an answer, each a name and what it says.
  var rows: [[String]] {
    let dropped = check.readings.filter(\.horizons.isEmpty).map(\.task.name)
    var lines: [String] = []
    let likeModels = CrossCheck.tasksLikeLanguageModels
    if check.readings.count > likeModels.count, let range = check.ratioRange(of: likeModels) {
      let names = likeModels.map(\.name).joined(separator: " and ")
      lines.append("\(names), the tasks like language models: \(distance(to: range))")
    }
    if let range = check.ratioRange() {
      let count = check.counted.count
      lines.append("\(count == 1 ? "its task" : "all \(count) tasks"): \(distance(to: range))")
    }
    if !dropped.isEmpty {
      lines.append(
        "left out: \(dropped.joined(separator: ", ")), whose optimum is on the model's stability edge"
      )
    }
    lines += explanation
    return lines.enumerated().map { [$0 == 0 ? "theory model" : "", $1] }
  }

  /// How far tuned base learning rates of the model lie from the answer.
  private func distance(to range: ClosedRange<Double>) -> String {
    let percents = [range.lowerBound, range.upperBound].map { 100 * ($0 / answer.ratio - 1) }
    func size(_ percent: Double) -> String {
      let size = abs(percent)
      return (10..<1e6).contains(size) ? grouped(Int(size.rounded())) : significant(size, 2)
    }
    func side(_ percent: Double) -> String { percent < 0 ? "lower" : "higher" }
    let sizes = percents.map(size)
    if side(percents[0]) != side(percents[1]) {
      return "\(sizes[0]) % lower to \(sizes[1]) % higher than this answer"
    }
    let ordered = percents[0] < 0 ? [sizes[1], sizes[0]] : sizes
    let extent = ordered[0] == ordered[1] ? ordered[0] : "\(ordered[0]) to \(ordered[1])"
    return "\(extent) % \(side(percents[0])) than this answer"
  }

  /// What else there is to know of the tasks.
  private var explanation: [String] {
    var lines = check.counted.compactMap { reading in
      reading.ratioRange.map { range in
        let exponents = [reading.horizonExponents.from, reading.horizonExponents.to]
          .compactMap(\.self)
        let p =
          exponents.isEmpty ? "" : "; p " + exponents.map { text($0, 2) }.joined(separator: ", ")
        return "\(reading.task.name): ratio \(text(range, 3))\(p)"
      }
    }
    lines.append("the bound, ratio \(significant(bound.ratio, 4)): \(text(bound))")
    if answer.ratio != bound.ratio {
      lines.append("this answer, ratio \(significant(answer.ratio, 4)): \(text(answer))")
    }
    if let range = check.horizonExponentRange {
      lines.append(
        "at one shape γ* falls like T^-p with p from \(significant(range.lowerBound, 2)) to \(significant(range.upperBound, 2)); the bound has p = 0.5"
      )
    }
    let horizons = CrossCheck.horizons
    lines.append(
      "over \(grouped(horizons[0])) to \(grouped(horizons[horizons.count - 1])) steps of the model, since which of them are yours is unknown"
    )
    return lines
  }

  private func text(_ range: ClosedRange<Double>, _ digits: Int) -> String {
    lrbound.interval(range, digits)
  }

  private func text(_ verdict: CrossCheckVerdict) -> String {
    let apart = verdict.judgements.filter { !$0.agrees }.map(\.task.name).joined(separator: ", ")
    let worst = verdict.worstRegret.map(regretText) ?? ""
    switch verdict.label {
    case .agrees: return "agrees with every task at some horizon\(worst)"
    case .disagrees: return "disagrees with every task at every horizon\(worst)"
    case .taskDependent: return "disagrees with \(apart) at every horizon\(worst)"
    case .unknown: return "cannot be judged"
    }
  }

  private func regretText(_ regret: Double) -> String {
    switch regret {
    case ..<1: return ", costs at most \(significant(regret * 100, 2)) % excess loss"
    case ..<Double.infinity: return ", costs up to \(significant(1 + regret, 2))x the excess loss"
    default: return ", but may diverge at another"
    }
  }

  /// A warning where every task contradicts the answer at every horizon.
  var diagnostics: [Diagnostic] {
    guard answer.label == .disagrees, let range = check.ratioRange() else { return [] }
    return [
      Diagnostic(
        code: "theory-model-disagrees",
        message:
          "every task of the theory model, at every horizon, has a tuned learning rate \(distance(to: range)): try one from there too"
      )
    ]
  }

  // MARK: - JSON

  /// The member `theory_model`.
  var body: TheoryModelBody {
    TheoryModelBody(
      label: bound.label, answerLabel: answer.label, boundHorizonExponent: 0.5,
      ratio: check.ratioRange()?.ends,
      ratioLikeLanguageModels: check.ratioRange(of: CrossCheck.tasksLikeLanguageModels)?.ends,
      horizonExponent: check.horizonExponentRange?.ends, tasks: check.readings.map(task))
  }

  private func task(_ reading: CrossCheck.Reading) -> TheoryModelBody.Task {
    let task = reading.task
    let ratio = reading.ratioRange?.ends
    func end(_ exponents: ClosedRange<Double>?, _ limit: Double?) -> TheoryModelBody.End? {
      ratio.map { _ in TheoryModelBody.End(horizonExponent: exponents?.ends, xi: limit) }
    }
    func judgement(_ verdict: CrossCheckVerdict) -> TheoryModelBody.Judgement? {
      guard ratio != nil, let found = verdict.judgements.first(where: { $0.task == task }) else {
        return nil
      }
      // The regret is left out where the target diverges.
      let regret = found.regrets.upperBound.isFinite ? found.regrets.ends : nil
      return TheoryModelBody.Judgement(agrees: found.agrees, regret: regret)
    }
    let (exponents, limits) = (reading.horizonExponents, reading.limitingExponents)
    return TheoryModelBody.Task(
      name: task.name, a: task.taskExponent, b: task.spectrumExponent, noise: task.relativeNoise,
      batch: task.batch, onEdge: reading.horizons.isEmpty, ratio: ratio,
      horizons: ratio.map { _ in
        reading.horizons.map {
          TheoryModelBody.Horizon(
            sourceSteps: $0.sourceSteps, ratio: $0.ratio, fromBaseLearningRate: $0.sourceRate,
            toBaseLearningRate: $0.targetRate)
        }
      },
      from: end(exponents.from, limits.from), to: end(exponents.to, limits.to),
      bound: judgement(bound), answer: judgement(answer))
  }
}

/// The cross-check for scripts: ranges over the model's horizons.
struct TheoryModelBody: Codable {
  /// One task.
  struct Task: Codable {
    let name: String
    let a: Double
    let b: Double
    let noise: Double
    let batch: Double
    let onEdge: Bool
    let ratio: [Double]?
    let horizons: [Horizon]?
    let from: End?
    let to: End?
    let bound: Judgement?
    let answer: Judgement?
  }

  /// One horizon of the model.
  struct Horizon: Codable {
    let sourceSteps: Int
    let ratio: Double
    let fromBaseLearningRate: Double
    let toBaseLearningRate: Double
  }

  /// How γ* of one schedule moves with the horizon.
  struct End: Codable {
    let horizonExponent: [Double]?
    let xi: Double?
  }

  /// Whether a task agrees with a ratio, and what the ratio costs it.
  struct Judgement: Codable {
    let agrees: Bool
    let regret: [Double]?
  }

  let label: CrossCheckVerdict.Label
  let answerLabel: CrossCheckVerdict.Label
  let boundHorizonExponent: Double
  let ratio: [Double]?
  let ratioLikeLanguageModels: [Double]?
  let horizonExponent: [Double]?
  let tasks: [Task]
}

extension CrossCheckVerdict.Label: Codable {}
