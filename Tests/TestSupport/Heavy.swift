import Foundation

/// Whether the long forms of the tests are to run: all cases, full sizes.
public let isHeavy = ProcessInfo.processInfo.environment["LRBOUND_HEAVY"] == "1"

/// All cases of a slow test where the long forms run, else every fourth, from the first on.
///
/// - Parameter cases: the arguments of a test.
/// - Returns: those to run now.
public func sampled<Cases: Collection>(_ cases: Cases) -> [Cases.Element] {
  isHeavy ? Array(cases) : cases.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
}
