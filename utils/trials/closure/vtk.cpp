// Work for VTK's libraries that needs no display: a pipeline of filters over
// each of some shapes, its result written and read again. The pipeline calls
// almost everything through vtables. Prints what came out.

#include <vtkAppendPolyData.h>
#include <vtkCellArray.h>
#include <vtkCleanPolyData.h>
#include <vtkConeSource.h>
#include <vtkContourFilter.h>
#include <vtkElevationFilter.h>
#include <vtkExecutive.h>
#include <vtkMassProperties.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkPlaneSource.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataNormals.h>
#include <vtkSampleFunction.h>
#include <vtkSphere.h>
#include <vtkSphereSource.h>
#include <vtkTriangleFilter.h>
#include <vtkXMLPolyDataReader.h>
#include <vtkXMLPolyDataWriter.h>

#include <cstdio>

static void print(const char *what, vtkPolyData *data) {
  double bounds[6];
  data->GetBounds(bounds);
  std::printf("%s: %s, %lld points, %lld cells, %d arrays, z %.4f to %.4f\n",
              what, data->GetClassName(),
              static_cast<long long>(data->GetNumberOfPoints()),
              static_cast<long long>(data->GetNumberOfCells()),
              data->GetPointData()->GetNumberOfArrays(), bounds[4], bounds[5]);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  vtkNew<vtkSphereSource> sphere;
  sphere->SetThetaResolution(40);
  sphere->SetPhiResolution(40);
  vtkNew<vtkConeSource> cone;
  cone->SetResolution(50);
  vtkNew<vtkPlaneSource> plane;
  plane->SetResolution(10, 10);
  vtkNew<vtkAppendPolyData> shapes;
  shapes->AddInputConnection(sphere->GetOutputPort());
  shapes->AddInputConnection(cone->GetOutputPort());
  shapes->AddInputConnection(plane->GetOutputPort());

  vtkNew<vtkTriangleFilter> triangles;
  triangles->SetInputConnection(shapes->GetOutputPort());
  vtkNew<vtkCleanPolyData> clean;
  clean->SetInputConnection(triangles->GetOutputPort());
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputConnection(clean->GetOutputPort());
  vtkNew<vtkElevationFilter> elevation;
  elevation->SetInputConnection(normals->GetOutputPort());
  elevation->Update();
  print("shapes", elevation->GetPolyDataOutput());

  // An implicit function is asked for its value at each of 27,000 points.
  vtkNew<vtkSphere> ball;
  ball->SetRadius(0.7);
  vtkNew<vtkSampleFunction> sample;
  sample->SetImplicitFunction(ball);
  sample->SetSampleDimensions(30, 30, 30);
  vtkNew<vtkContourFilter> contour;
  contour->SetInputConnection(sample->GetOutputPort());
  contour->SetValue(0, 0);
  contour->Update();
  print("contour", contour->GetOutput());
  vtkNew<vtkMassProperties> mass;
  mass->SetInputConnection(contour->GetOutputPort());
  mass->Update();
  std::printf("volume %.6f\n", mass->GetVolume());

  vtkNew<vtkXMLPolyDataWriter> writer;
  writer->SetFileName(argv[1]);
  writer->SetInputConnection(elevation->GetOutputPort());
  if (!writer->Write())
    return 1;
  vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName(argv[1]);
  reader->Update();
  print("read again", reader->GetOutput());
}
