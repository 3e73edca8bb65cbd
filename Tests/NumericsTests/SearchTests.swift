import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct SearchTests {
  @Test(arguments: [0.3, 1.0, 2.5, 9.0])
  func minimumOfParabola(_ centre: Double) {
    let found = minimum(in: 0...10, tolerance: 1e-10) { ($0 - centre) * ($0 - centre) }
    #expect(abs(found.argument - centre) < 1e-8)
  }

  @Test func minimumAtAnEnd() {
    #expect(minimum(in: 2...5, tolerance: 1e-9) { $0 }.argument == 2)
    #expect(minimum(in: 2...5, tolerance: 1e-9) { -$0 }.argument == 5)
  }

  @Test(arguments: [1, 7, 31, 500, 12_345, 999_999])
  func wholeNumberMinimum(_ centre: Int) {
    let found = minimum(in: 1...1_000_000) { abs(log(Double($0) / Double(centre))) }
    #expect(found.argument == centre)
  }

  @Test func wholeNumberMinimumOfOne() {
    #expect(minimum(in: 3...3) { Double($0) }.argument == 3)
  }

  @Test(arguments: [0.1, 1.0, 3.0])
  func rootOfLogarithm(_ x: Double) throws {
    let found = try #require(root(in: 1e-3...50, tolerance: 1e-14) { log($0 / x) })
    #expect(relativeError(found, x) < 1e-13)
  }

  @Test func noRootWithoutSignChange() {
    #expect(root(in: 0...1, tolerance: 1e-9) { _ in 1 } == nil)
    #expect(root(in: -1...1, tolerance: 1e-9) { $0 == -1 ? .nan : $0 } == nil)
  }
}
