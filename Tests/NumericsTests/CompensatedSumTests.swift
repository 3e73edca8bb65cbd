import Numerics
import TestSupport
import Testing

@Suite struct CompensatedSumTests {
  @Test func keepsWhatPlainSumsLose() {
    var sum = CompensatedSum()
    var plain = 0.0
    for _ in 0..<1_000_000 {
      sum.add(0.1)
      plain += 0.1
    }
    // 0.1 as a double is 0.1 + 5.55e-18; a million of them are 100000.00000000000555.
    #expect(sum.value == 100000.00000000000555)
    #expect(plain != sum.value)
  }

  @Test func smallTermsSurviveLargeOnes() {
    var sum = CompensatedSum(1)
    for _ in 0..<1000 { sum.add(1e-17) }
    #expect(relativeError(sum.value, 1 + 1e-14) < 3e-16)
  }
}
