import FoundationEssentials
import Schedules
import Support

/// What a training command writes about its trial: `{"loss": 3.21, "status": "ok"}`, where the status is ok,
/// diverged or failed; a failed one may give a `reason`.
struct TrialResult: Decodable {
  let loss: Double?
  let status: String
  let reason: String?

  /// What the contents of a `result.json` say came of the trial.
  ///
  /// A loss that is not finite counts as diverged, whatever the status: Python writes NaN as such, which
  /// strict JSON does not know.
  static func outcome(from bytes: [UInt8]) -> TrialOutcome {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    guard let result = try? decoder.decode(TrialResult.self, from: Data(bytes)) else {
      return .failed("result.json is malformed; write {\"loss\": 1.5, \"status\": \"ok\"}")
    }
    switch result.status {
    case "ok":
      guard let loss = result.loss else { return .failed("result.json has no loss") }
      return TrialOutcome(loss)
    case "diverged": return .diverged
    case "failed":
      return .failed(result.reason.map { printable($0, most: 200) } ?? "the command gave no reason")
    default:
      return .failed(
        "result.json has the status '\(printable(result.status))'; write ok, diverged or failed")
    }
  }
}
