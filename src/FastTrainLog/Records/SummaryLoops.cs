using System.Numerics;

namespace FastTrainLog.Records;

/// <summary>The one pass over numbers that a summary takes; floating-point numbers in vectors, summed in double precision.</summary>
internal static class SummaryLoops
{
    public static TensorSummary OfSingles(ReadOnlySpan<float> values)
    {
        var least = new Vector<float>(float.PositiveInfinity);
        var most = new Vector<float>(float.NegativeInfinity);
        Vector<double> sum = Vector<double>.Zero;
        Vector<int> numbers = Vector<int>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(values[i..]);
            // A NaN is the only value that differs from itself; the mask of the others is -1 in each of their lanes.
            Vector<int> isNumber = Vector.Equals(value, value);
            numbers -= isNumber;
            least = Vector.Min(least, Vector.ConditionalSelect(isNumber, value, new Vector<float>(float.PositiveInfinity)));
            most = Vector.Max(most, Vector.ConditionalSelect(isNumber, value, new Vector<float>(float.NegativeInfinity)));
            Vector.Widen(Vector.ConditionalSelect(isNumber, value, Vector<float>.Zero), out Vector<double> low, out Vector<double> high);
            sum += low + high;
        }

        var rest = new Rest { Sum = Vector.Sum(sum), Numbers = Vector.Sum(numbers) };
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            rest.Minimum = Math.Min(rest.Minimum, least[lane]);
            rest.Maximum = Math.Max(rest.Maximum, most[lane]);
        }

        rest.Add(values[i..]);
        return rest.Summary(values.Length);
    }

    public static TensorSummary OfDoubles(ReadOnlySpan<double> values)
    {
        var least = new Vector<double>(double.PositiveInfinity);
        var most = new Vector<double>(double.NegativeInfinity);
        Vector<double> sum = Vector<double>.Zero;
        Vector<long> numbers = Vector<long>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var value = new Vector<double>(values[i..]);
            Vector<long> isNumber = Vector.Equals(value, value);
            numbers -= isNumber;
            least = Vector.Min(least, Vector.ConditionalSelect(isNumber, value, new Vector<double>(double.PositiveInfinity)));
            most = Vector.Max(most, Vector.ConditionalSelect(isNumber, value, new Vector<double>(double.NegativeInfinity)));
            sum += Vector.ConditionalSelect(isNumber, value, Vector<double>.Zero);
        }

        var rest = new Rest { Sum = Vector.Sum(sum), Numbers = Vector.Sum(numbers) };
        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            rest.Minimum = Math.Min(rest.Minimum, least[lane]);
            rest.Maximum = Math.Max(rest.Maximum, most[lane]);
        }

        rest.Add(values[i..]);
        return rest.Summary(values.Length);
    }

    public static TensorSummary OfAny<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        var rest = new Rest();
        rest.Add(values);
        return rest.Summary(values.Length);
    }

    private struct Rest()
    {
        public double Minimum = double.PositiveInfinity;
        public double Maximum = double.NegativeInfinity;
        public double Sum;
        public long Numbers;

        public void Add<T>(ReadOnlySpan<T> values)
            where T : unmanaged, INumber<T>
        {
            foreach (T value in values)
            {
                if (T.IsNaN(value))
                {
                    continue;
                }

                double number = double.CreateTruncating(value);
                Minimum = Math.Min(Minimum, number);
                Maximum = Math.Max(Maximum, number);
                Sum += number;
                Numbers++;
            }
        }

        public readonly TensorSummary Summary(int count) => Numbers == 0
            ? new TensorSummary(count, count, double.NaN, double.NaN, double.NaN)
            : new TensorSummary(count, count - Numbers, Minimum, Maximum, Sum / Numbers);
    }
}
